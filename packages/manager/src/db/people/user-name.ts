/**
 * What a user's name is compared by, wherever it is: however it is written, in capitals or with a wide keyboard, it is
 * the same. Made here alone, for databases lower letters each in their own way: on PostgreSQL `İ` may become `i`.
 */
export const comparedName = (username: string) => username.normalize('NFKC').toLowerCase()
