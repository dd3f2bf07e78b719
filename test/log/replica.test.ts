import test from 'ava'
import { memoryStore } from '../../src/log/memory-store.ts'
import { replicaCases } from './replica-cases.ts'

replicaCases(test, memoryStore)
