// pull-request-comment.js <file.md>: puts a page on the pull request that a GitHub workflow runs for. The first line of the
// page is a comment that nobody sees, by which the next run finds what to change.
import { readFileSync } from 'node:fs'

const { GITHUB_API_URL, GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_TOKEN } = process.env

try {
  const number = pullRequest()
  if (number === undefined) console.log('This run is for no pull request: there is nothing to comment on.')
  else await publish(number)
} catch (error) {
  const readOnly = error.status === 403
  const fix = 'the token may not write: give the job pull-requests: write (a run for a fork never has it)'
  console.log(
    `::${readOnly ? 'warning' : 'error'} title=imgaudit::no comment was made: ${readOnly ? fix : reasonOf(error)}`,
  )
  process.exitCode = readOnly ? 0 : 1
}

/** docs.github.com: webhook events and payloads. A comment on an issue is no event of a pull request unless that is one. */
function pullRequest() {
  const { pull_request, issue } = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8'))
  return pull_request?.number ?? (issue?.pull_request && issue.number)
}

async function publish(number) {
  const body = readFileSync(process.argv[2] ?? '', 'utf8')
  const marker = firstLine(body)
  if (!/^<!-- imgaudit:.+ -->$/.test(marker)) throw new Error('the page does not begin with <!-- imgaudit:… -->')
  const issues = `repos/${GITHUB_REPOSITORY}/issues`
  const before = await find(`${issues}/${number}/comments`, marker)
  const { html_url } =
    before === undefined
      ? await ask('POST', `${issues}/${number}/comments`, { body })
      : await ask('PATCH', `${issues}/comments/${before.id}`, { body })
  console.log(`${before === undefined ? 'Commented' : 'Changed the comment'}: ${html_url}`)
}

async function find(path, marker) {
  for (let page = 1; ; page++) {
    const comments = await ask('GET', `${path}?per_page=100&page=${page}`)
    const found = comments.find(({ body }) => firstLine(body ?? '') === marker)
    if (found !== undefined || comments.length === 0) return found
  }
}

function firstLine(text) {
  return text.split(/\r?\n/, 1)[0]
}

async function ask(method, path, document) {
  const response = await fetch(`${GITHUB_API_URL}/${path}`, {
    method,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${GITHUB_TOKEN}` },
    body: document && JSON.stringify(document),
  })
  if (response.ok) return response.json()
  throw Object.assign(new Error(`${method} ${path} was answered with ${response.status}`), { status: response.status })
}

/** In one line. */
function reasonOf({ message, cause }) {
  return String(cause?.message ? `${message}: ${cause.message}` : message).replace(/\s+/g, ' ')
}
