/** Copying text, also where the page is not secure or the browser refuses the clipboard interface. */

/**
 * Copies text. Resolves with whether it worked.
 *
 * @param root Where a helper field can stand for a moment, for browsers that copy only what is selected.
 */
export const copyText = async (text: string, root: ParentNode): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyThroughSelection(text, root)
  }
}

const copyThroughSelection = (text: string, root: ParentNode): boolean => {
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'visually-hidden'
  field.setAttribute('aria-hidden', 'true')
  const focused = root instanceof ShadowRoot ? root.activeElement : document.activeElement
  root.append(field)
  field.select()
  try {
    // Deprecated and still the only way on an intranet without https.
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    field.remove()
    if (focused instanceof HTMLElement) focused.focus()
  }
}
