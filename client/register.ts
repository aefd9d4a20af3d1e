/** Registers `<vindplaats-chat>`: the entry of `widget.js`. */
import { VindplaatsChat } from './element.js'

// The script may stand on a page twice, once under each of its names.
if (!customElements.get('vindplaats-chat')) customElements.define('vindplaats-chat', VindplaatsChat)

export { VindplaatsChat }
