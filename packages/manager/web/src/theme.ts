import { Alert, Badge, createTheme, Modal, NavLink, Table, Tooltip } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 8 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } },
  },
  components: {
    // The words stay dark on light and light on dark; the colour is the icon's and the line's alone.
    Alert: Alert.extend({
      defaultProps: { variant: 'outline' },
      styles: { title: { color: 'var(--mantine-color-text)' } },
    }),
    Badge: Badge.extend({
      defaultProps: {
        variant: 'default',
        radius: 'sm',
        size: 'lg',
        tt: 'none',
        fw: 500,
        miw: 'max-content',
      },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        size: 'lg',
        padding: 'lg',
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 650 } },
    }),
    NavLink: NavLink.extend({
      styles: { root: { borderRadius: 'var(--mantine-radius-md)' }, label: { fontWeight: 500 } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 200, multiline: true, maw: 360 } }),
  },
})
