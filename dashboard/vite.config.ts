import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The daemon that a dashboard in development talks to. */
const daemon = process.env['AGORA_URL'] ?? 'http://127.0.0.1:7313'
const origin = 'http://localhost:5173'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The daemon replaces it in each answer by a number of that answer's own.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    target: 'es2024',
    // Written as a script within the page, which the page's own policy would refuse.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: 'localhost',
    port: 5173,
    strictPort: true,
    proxy: {
      // Everything that is no file of the dashboard is the daemon's, which answers pages of its own origin alone.
      '^/(?!src/|@|node_modules/|$|index\\.html|\\?)': {
        target: daemon,
        changeOrigin: true,
        configure: (proxy) =>
          proxy.on('proxyReq', (request) => {
            if (request.getHeader('origin') === origin) request.setHeader('origin', daemon)
          }),
      },
    },
  },
})
