import type { Command } from '../command.ts'

export const demoCommands: Command[] = [
  {
    usage: 'demo',
    group: 'Node',
    summary: 'Watch three nodes and five scripted agents at work; removes all of it at the end.',
    details:
      'Starts three nodes of their own on free ports of this machine, in a temporary folder; your own nodes and their homes are not touched. The agents are scripts: what they do goes through the API as anybody’s would, and you may take part. Put a task on the board, write to them, suspend one, grant what they ask for. Ctrl-C ends it.',
    options: [
      { name: 'open', meaning: 'open the dashboard in the browser (on unless --no-open)', negatable: true },
      { name: 'speed', value: '<n>', meaning: 'so many times as fast, 1-1000 (default 1)' },
      { name: 'for', value: '<seconds>', meaning: 'end by itself after so many seconds' },
    ],
    examples: ['agora demo', 'agora demo --no-open --speed 5', 'agora demo --for 120'],
    run: async (context) => (await import('./run.ts')).runDemo(context),
  },
]
