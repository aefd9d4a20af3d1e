// What a source page can do besides being read: copying a reference. Without this file the page is whole.
const announcement = document.createElement('p')
announcement.className = 'announcement'
announcement.setAttribute('role', 'status')
document.body.append(announcement)

const article = document.querySelector('article.document')

/** The reference of the document, with place and anchor of one paragraph. */
function referenceOf(button) {
  const [facts, address] = article.dataset.reference.split(/\. (?=\S+$)/)
  const { place } = button.dataset
  return `${facts}${place === '' ? '' : `, ${place}`}. ${address}#${button.closest('.paragraph').id}`
}

for (const button of document.querySelectorAll('button.copy')) {
  button.hidden = false
  const label = button.textContent
  button.addEventListener('click', async () => {
    const { done, failed } = article.dataset
    let result = done
    try {
      await navigator.clipboard.writeText(referenceOf(button))
    } catch {
      result = failed
    }
    button.textContent = result
    announcement.textContent = result
    setTimeout(() => {
      button.textContent = label
      announcement.textContent = ''
    }, 3000)
  })
}

// The fragment names the paragraph; in a long one the cited words themselves should be in view.
const cited = document.getElementById('citaat')
if (cited && location.hash !== '') cited.scrollIntoView({ block: 'center' })
