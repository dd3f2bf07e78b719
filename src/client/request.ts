import { AgoraError } from '../base/errors.ts'
import { routes } from '../routes.ts'

/** How to ask for an operation: what of the input goes into the path, the query and the body. */
export interface ApiRequest {
  method: string
  /** Path and query, to append to the URL of the API. */
  path: string
  body: string | undefined
}

/** @throws AgoraError `unknown_operation`, or `invalid_input` when a field of the path is missing. */
export function requestOf(name: string, input: object): ApiRequest {
  if (!Object.hasOwn(routes, name)) {
    throw new AgoraError('unknown_operation', `There is no operation ${JSON.stringify(name)}.`)
  }
  const [method, template] = routes[name as keyof typeof routes]
  const fields = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const path = template.replace(/:(\w+)/g, (_, field: string) => {
    const value = String(fields.get(field) ?? '')
    fields.delete(field)
    // Dots alone would be taken for steps in the path, and another route be asked.
    if (value === '' || value === '.' || value === '..') {
      throw new AgoraError('invalid_input', `${field}: ${value === '' ? 'is missing' : 'is not valid'}`, { field })
    }
    return encodeURIComponent(value)
  })
  if (fields.size === 0) return { method, path, body: undefined }
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams([...fields].map(([field, value]) => [field, String(value)]))
    return { method, path: `${path}?${query}`, body: undefined }
  }
  return { method, path, body: JSON.stringify(Object.fromEntries(fields)) }
}
