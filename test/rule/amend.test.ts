import { expect, it } from 'vitest'
import { leaveOut } from '../../src/rule/amend.ts'

it('leaves out of a COPY by .dockerignore', () => {
  expect(leaveOut('COPY . /app', ['/app/.git'])?.after).toBe(
    'name /app/.git in .dockerignore, or leave it out by COPY --exclude',
  )
})

it('does not send who ADDs an archive to .dockerignore, which reaches into none', () => {
  expect(leaveOut('ADD base.tar /', ['/opt/pkgs', '/opt/more'])?.after).toBe(
    'leave /opt/pkgs, /opt/more out of what ADD adds or unpacks',
  )
})

it('knows nothing of other instructions', () => {
  expect(leaveOut('RUN make', ['/app/.git'])).toBeUndefined()
})
