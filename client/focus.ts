/** Keeping the keyboard inside a panel, and giving it back. */

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select:not([disabled]), [tabindex]:not([tabindex="-1"])'

const isShown = (element: HTMLElement): boolean => element.getClientRects().length > 0

/** Everything the Tab key stops at inside a container, in order, slotted content included. */
const focusableWithin = (container: ParentNode): readonly HTMLElement[] =>
  [...container.querySelectorAll<HTMLElement>(`${FOCUSABLE}, slot`)]
    .flatMap(element => {
      if (!(element instanceof HTMLSlotElement)) return [element]
      return element
        .assignedElements()
        .flatMap(assigned => [
          ...(assigned.matches(FOCUSABLE) ? [assigned as HTMLElement] : []),
          ...assigned.querySelectorAll<HTMLElement>(FOCUSABLE),
        ])
    })
    .filter(isShown)

/** For a keydown in a panel: lets Tab go round inside it instead of out of it. */
export const keepFocusInside = (event: KeyboardEvent, panel: HTMLElement, root: ShadowRoot): void => {
  if (event.key !== 'Tab') return
  const stops = focusableWithin(panel)
  const first = stops[0]
  const last = stops.at(-1)
  if (!first || !last) return
  const focused = root.activeElement ?? document.activeElement
  const inside = focused instanceof HTMLElement && stops.includes(focused)
  if (event.shiftKey ? focused === first || !inside : focused === last) {
    // Shift+Tab from something inside that is no stop itself, such as a heading, finds its own way back.
    if (event.shiftKey && !inside && focused !== panel) return
    event.preventDefault()
    ;(event.shiftKey ? last : first).focus()
  }
}
