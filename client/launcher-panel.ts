/** The panel of a launcher: over the page where the window is wide, all of the screen where it is narrow. */

/** Widest window in CSS pixels in which an opened launcher takes the whole screen. */
const SHEET_WINDOW_WIDTH = 600

/** What the panel needs to know. */
export interface LauncherPanelOptions {
  /** The field for the question, which gets the focus. */
  readonly field: () => HTMLElement | null
  /** The panel is shown, and has its size. */
  readonly onShown: () => void
  /** The panel is gone. */
  readonly onHidden: () => void
  /** The browser wants to close the panel. */
  readonly onCancel: () => void
}

/** Opens and closes the panel of one widget. */
export class LauncherPanel {
  readonly #host: HTMLElement & { readonly renderRoot: HTMLElement | DocumentFragment }
  readonly #options: LauncherPanelOptions
  #opener: Element | null = null

  constructor(
    host: HTMLElement & { readonly renderRoot: HTMLElement | DocumentFragment },
    options: LauncherPanelOptions,
  ) {
    this.#host = host
    this.#options = options
  }

  /**
   * Brings the panel into the wanted state.
   *
   * @param isFirst whether the page opened it itself, while it was loading: the focus stays where it is then
   * @returns whether there is a panel
   */
  toggle(open: boolean, isFirst: boolean): boolean {
    const panel = this.#host.renderRoot.querySelector<HTMLDialogElement>('dialog.panel')
    if (!panel) return false
    if (open) this.#show(panel, isFirst)
    else this.#hide(panel)
    return true
  }

  /** The browser wants to close the panel, for the back gesture of a phone: the state decides. */
  readonly cancelled = (event: Event): void => {
    if (event.target !== event.currentTarget) return
    event.preventDefault()
    this.#options.onCancel()
  }

  #show(panel: HTMLDialogElement, isFirst: boolean): void {
    this.#opener = document.activeElement
    if (window.innerWidth <= SHEET_WINDOW_WIDTH) {
      panel.removeAttribute('popover')
      panel.showModal()
    } else {
      panel.setAttribute('popover', 'manual')
      panel.showPopover()
    }
    this.#options.onShown()
    // The browser gives an opened panel the focus; a page that is still loading has not offered it.
    if (isFirst && !panel.matches(':modal')) this.#focusedInside?.blur()
    else this.#options.field()?.focus()
  }

  #hide(panel: HTMLDialogElement): void {
    if (panel.matches(':popover-open')) panel.hidePopover()
    if (panel.open) panel.close()
    this.#options.onHidden()
    const opener = this.#opener
    if (opener instanceof HTMLElement && opener !== document.body && opener !== this.#host) opener.focus()
    else this.#host.renderRoot.querySelector<HTMLElement>('.launcher')?.focus()
  }

  get #focusedInside(): HTMLElement | null {
    const root = this.#host.renderRoot
    const focused = root instanceof ShadowRoot ? root.activeElement : null
    return focused instanceof HTMLElement ? focused : null
  }
}
