/**
 * The looks of the widget, as constructed style sheets: no style element or attribute, so that the strictest content
 * security policy of a host page has nothing to refuse.
 *
 * Sizes are in `em` of the widget's own root: an old page that sets the root font to 62.5 % does not shrink it.
 */
import type { CSSResult } from 'lit'
import { buttonsStyles, forcedStyles, rootStyles } from './styles-base.js'
import { layoutStyles, turnsStyles } from './styles-conversation.js'
import { launcherStyles, sourceStyles } from './styles-source.js'

/** All style sheets of the element; later ones win. */
export const styles: CSSResult[] = [
  rootStyles,
  buttonsStyles,
  layoutStyles,
  turnsStyles,
  sourceStyles,
  launcherStyles,
  forcedStyles,
]
