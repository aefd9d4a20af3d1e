/**
 * Compiled, never run: the public types of the widget say what the wire says and what the element is. A difference is an
 * error of `npm run typecheck` and of `test/client/types.test.ts`.
 */
import type { VindplaatsChat } from '../../client/element.js'
import type * as published from '../../client/widget.js'
import type * as wire from '../../server/protocol.js'

type Frozen<Value> = Value extends object ? { readonly [Key in keyof Value]: Frozen<Value[Key]> } : Value

/** Each is assignable to the other. */
type Agree<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false

const agree = <_Proof extends true>(): void => undefined

agree<Agree<Frozen<wire.Citation>, published.Citation>>()
agree<Agree<Frozen<wire.NearestSource>, published.NearestSource>>()
agree<Agree<Frozen<wire.AnswerSegment>, published.AnswerSegment>>()
agree<Agree<Frozen<wire.Answer>, published.Answer>>()
agree<Agree<Pick<Frozen<wire.Feedback>, 'answerId' | 'rating' | 'reason'>, published.Rating>>()
agree<VindplaatsChat extends published.VindplaatsChatElement ? true : false>()
agree<Agree<keyof wire.Citation, keyof published.Citation>>()
agree<Agree<keyof wire.Answer, keyof published.Answer>>()
