import {
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** The one visual language: colours, type, sizes. What CSS needs beside it stands in theme.css. */

/** Teal of the sea: what can be done, and what is chosen. */
const agora: MantineColorsTuple = [
  '#e9f7f7',
  '#d6ecec',
  '#aed9da',
  '#82c4c7',
  '#5db3b6',
  '#40a3a7',
  '#23898e',
  '#0f6e74',
  '#0a5b60',
  '#05484c',
]

/** Text on a tint of its own colour is dark enough to be read in light, and light enough in dark. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  const { variant, color, theme } = input
  const name = color ?? theme.primaryColor
  const shade = (depth: number) => `var(--mantine-color-${name}-${depth})`
  if (variant !== 'light' || !(name in theme.colors)) return colors
  return { ...colors, color: `light-dark(color-mix(in srgb, ${shade(9)} 70%, black), ${shade(1)})` }
}

export const theme = createTheme({
  variantColorResolver,
  primaryColor: 'agora',
  primaryShade: 7,
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { agora },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', 'Liberation Mono', monospace",
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1.0625rem' }, h3: { fontSize: '0.9375rem' } },
  },
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Textarea: { defaultProps: { size: 'sm', autosize: true, minRows: 2, maxRows: 12 } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.5 } } },
    Table: { defaultProps: { verticalSpacing: 'xs', horizontalSpacing: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Tabs: { defaultProps: { keepMounted: false } },
  },
})

/** One colour for each state, whatever shows it. */
export const stateColors = {
  todo: 'gray',
  in_progress: 'blue',
  blocked: 'orange',
  done: 'green',
  online: 'green',
  busy: 'blue',
  idle: 'yellow',
  sleeping: 'grape',
  offline: 'gray',
  low: 'gray',
  medium: 'blue',
  high: 'orange',
  critical: 'red',
} as const
