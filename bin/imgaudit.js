#!/usr/bin/env node
import { hostOf, run } from '../dist/cli.js'

process.exit(await run(hostOf(process)))
