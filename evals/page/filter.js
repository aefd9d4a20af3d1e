// Filters the cases of the report. Without it every case is shown.
const form = document.querySelector('#filter')
const count = document.querySelector('#count')
const cases = [...document.querySelectorAll('.case')]

function apply() {
  const data = new FormData(form)
  const words = String(data.get('text')).toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const element of cases) {
    const { group, verdict, outcome } = element.dataset
    const visible =
      ['', group].includes(data.get('group')) &&
      ['', verdict].includes(data.get('verdict')) &&
      ['', outcome].includes(data.get('outcome')) &&
      words.every(word => element.textContent.toLowerCase().includes(word))
    element.hidden = !visible
    if (visible) shown++
  }
  count.textContent = `${shown} of ${cases.length} cases`
}

form.hidden = false
form.addEventListener('input', apply)
form.addEventListener('submit', event => event.preventDefault())
form.addEventListener('reset', () => setTimeout(apply))
document.querySelector('#open-all').addEventListener('click', () => {
  for (const element of cases) if (!element.hidden) element.querySelector('details').open = true
})
// A link to one case opens it.
const linked =
  location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null
if (linked?.matches('.case')) linked.querySelector('details').open = true
apply()
