import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

interface Props {
  label: string
  /** Of all columns but the last, which has what can be done. */
  heads: readonly (string | { text: string; visibleFrom: 'sm' })[]
  children: ReactNode
}

/** A few things of this node, a row each, with buttons at its end. */
export function ActTable({ label, heads, children }: Props) {
  return (
    <div className="agora-panel">
      <Table aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) =>
              typeof head === 'string' ? (
                <Table.Th key={head}>{head}</Table.Th>
              ) : (
                <Table.Th key={head.text} visibleFrom={head.visibleFrom}>
                  {head.text}
                </Table.Th>
              ),
            )}
            <Table.Th>
              <span className="agora-visually-hidden">What can be done</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </div>
  )
}
