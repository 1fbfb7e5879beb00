/** Hands something over as a file, the way the browser keeps downloads. */
export function saveFile(name: string, content: BlobPart, type: string) {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export const savePem = (name: string, pem: string) => saveFile(name, pem, 'application/x-pem-file')

/** `base64`: as it travels in JSON. */
export const savePkcs12 = (name: string, base64: string) =>
  saveFile(name, bytesOf(base64), 'application/x-pkcs12')

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
