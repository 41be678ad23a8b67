// Asks Lighthouse what it thinks of five pages, and fails below 95 in anything.
//
//   node run.mjs ./guildhall               starts a demo for it
//   node run.mjs http://localhost:8080     asks a demo that runs
//
// CHROME_PATH says where Chromium is; RUNS how often each page is looked at, of
// which the median counts.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse from 'lighthouse'

const runs = Number(process.env.RUNS ?? 1)
const least = 95

// A demo of the program, or the one that runs at an address.
async function demo(program) {
  if (program.startsWith('http')) return { base: program, end: () => {} }
  const listen = '127.0.0.1:7599'
  const server = spawn(program, ['demo', '--listen', listen, '--admin-listen', 'off', '--rate-limits', 'off'])
  await new Promise((resolve, reject) => {
    let said = ''
    const hear = text => {
      said += text
      if (said.includes('sign in as')) resolve()
    }
    server.stdout.on('data', hear)
    server.stderr.on('data', hear)
    server.on('exit', () => reject(new Error(`the demo ended: ${said}`)))
  })
  return { base: 'http://' + listen, end: () => server.kill() }
}

// A browser of our own: what npm offers to start one wants its own download.
async function browser() {
  const folder = await mkdtemp(join(tmpdir(), 'lighthouse-'))
  const process_ = spawn(process.env.CHROME_PATH ?? '/usr/bin/chromium', ['--headless=new', '--no-sandbox', '--disable-gpu',
    '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const port = await new Promise((resolve, reject) => {
    let said = ''
    process_.stderr.on('data', text => {
      said += text
      const found = said.match(/DevTools listening on ws:\/\/[^:]+:(\d+)/)
      if (found) resolve(Number(found[1]))
    })
    process_.on('exit', () => reject(new Error(`the browser ended: ${said}`)))
  })
  return { port, end: async () => {
    const gone = new Promise(resolve => process_.on('exit', resolve))
    process_.removeAllListeners('exit')
    process_.once('exit', () => {})
    process_.kill()
    await Promise.race([gone, new Promise(resolve => setTimeout(resolve, 3000))])
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  } }
}

const { base, end } = await demo(process.argv[2] ?? 'http://localhost:8080')
const text = await (await fetch(base + '/public/local')).text()
const post = text.match(/href="(\/@\w+\/\d+)"/)[1]
const pages = { landing: '/', community: '/public/local', profile: '/@ada', post, explore: '/explore' }
const kinds = ['performance', 'accessibility', 'best-practices', 'seo']

const b = await browser()
let failed = false
try {
  for (const [name, path] of Object.entries(pages)) {
    const results = []
    for (let i = 0; i < runs; i++) {
      results.push(await lighthouse(base + path, { port: b.port, output: 'json', logLevel: 'error', onlyCategories: kinds }))
    }
    const median = kind => results.map(r => Math.round(100 * r.lhr.categories[kind].score)).sort((x, y) => x - y)[Math.floor(runs / 2)]
    console.log(name.padEnd(10), kinds.map(kind => `${kind} ${median(kind)}`).join('  '))
    for (const kind of kinds) {
      if (median(kind) >= least) continue
      failed = true
      const { categories, audits } = results[0].lhr
      for (const ref of categories[kind].auditRefs) {
        const audit = audits[ref.id]
        if (audit.score !== null && audit.score < 0.9 && ref.weight > 0) console.log('   ', audit.id, audit.score, audit.displayValue ?? '')
      }
    }
  }
} finally {
  await b.end()
  end()
}
process.exitCode = failed ? 1 : 0
