/** The part of nspell that `repair-build.ts` uses; the package ships no types. */
declare module 'nspell' {
  interface Spelling {
    /** Whether the dictionary knows the word as written. */
    correct(word: string): boolean
  }
  export default function nspell(dictionary: { readonly aff: Uint8Array; readonly dic: Uint8Array }): Spelling
}
