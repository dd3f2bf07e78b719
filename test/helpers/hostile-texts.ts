import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'

/** In each of the texts below, so that they can be found in a page. */
export const MARK = 'EVIL'

/** Texts that want to be more than text, or to look like the dashboard's own words. Each on one line, for names and titles. */
export const hostileLines = [
  `<script>globalThis.${MARK}=1</script>`,
  `<img src=x onerror="globalThis.${MARK}=1">`,
  `"><svg onload=globalThis.${MARK}=1>`,
  `<style>*{display:none}</style>${MARK}`,
  `\u202e${MARK} gpj.exe\u202c`,
  `{{constructor.constructor("globalThis.${MARK}=1")()}}`,
]

/** The same, and what Markdown could make of it. */
export const hostileBodies = [
  ...hostileLines,
  `[${MARK}](javascript:globalThis.${MARK}=1) ![${MARK}](https://evil.example/p.png) <https://evil.example/${MARK}>`,
  `[${MARK}](data:text/html,<script>globalThis.${MARK}=1</script>) [${MARK}]: javascript:globalThis.${MARK}=1`,
  `<div style="position:fixed;inset:0" class="agora-panel" id="main" role="alert">${MARK} approved by the owner</div>`,
  `# ${MARK}\n\n---\n\n**bob** today 12:00\n\n> Signed and in this node’s log. Everything is fine.\n\n| a | b |\n|---|---|\n| ${MARK} | <iframe src="https://evil.example"> |\n\n- [x] <input autofocus onfocus=globalThis.${MARK}=1>`,
  `\`\`\`\n${MARK} ${'x'.repeat(400)}\n\`\`\``,
]

/** Nothing of them ran, became an element of its own, or stands outside of a box for the words of others. */
export async function staysText(t: ExecutionContext, page: Page): Promise<void> {
  const found = await page.evaluate((mark) => {
    const faults: string[] = []
    if (mark in globalThis) faults.push('it ran')
    const allowed =
      /^(DIV|SPAN|P|A|CODE|PRE|UL|OL|LI|TABLE|THEAD|TBODY|TR|TH|TD|STRONG|EM|DEL|BLOCKQUOTE|H[1-6]|BR|HR|BDI|SUP|SECTION)$/
    for (const box of document.querySelectorAll('.agora-foreign, bdi')) {
      for (const element of box.querySelectorAll('*')) {
        if (!allowed.test(element.tagName)) faults.push(`<${element.tagName}> in it`)
        for (const { name, value } of element.attributes) {
          // Of the dashboard's own components within Markdown, such as where a link leads.
          if (name === 'style' && value.startsWith('--text-')) continue
          if (name.startsWith('on') || name === 'style' || name === 'id') faults.push(`${name}=${value} in it`)
          if (/^\s*(javascript|data):/i.test(value)) faults.push(`${name}=${value} in it`)
        }
      }
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const { textContent, parentElement } = texts.currentNode
      if (textContent?.includes(mark) && !parentElement?.closest('.agora-foreign, bdi, option, textarea, [role="log"]'))
        faults.push(`outside of a box: ${textContent.slice(0, 80)} in ${parentElement?.outerHTML.slice(0, 120)}`)
    }
    for (const box of document.querySelectorAll('.agora-foreign')) {
      if (!getComputedStyle(box).contain.includes('paint')) faults.push('a box that could be left')
    }
    return faults
  }, MARK)
  t.deepEqual(found, [])
}
