import { Autocomplete, Switch, TagsInput, TextInput } from '@mantine/core'
import { clientNames } from './connect.tsx'

/** What a person says of an agent. */
export interface Profile {
  kind: string
  model: string
  domains: string[]
  tools: string[]
  languages: string[]
  default: boolean
}
export const noProfile: Profile = { kind: '', model: '', domains: [], tools: [], languages: [], default: false }

/** As operations take it. What is empty is left out. */
export const profileInput = (profile: Profile) => ({
  ...(profile.kind.trim() !== '' && { kind: profile.kind.trim() }),
  ...(profile.model.trim() !== '' && { model: profile.model.trim() }),
  capabilities: { domains: profile.domains, tools: profile.tools, languages: profile.languages },
  default: profile.default,
})

/** The same for an agent there is: what was emptied is taken away. */
export const profileChanges = (profile: Profile) => ({
  ...profileInput(profile),
  kind: profile.kind.trim() || null,
  model: profile.model.trim() || null,
})

const kinds = [...clientNames, 'ollama', 'script']
const tags = [
  ['domains', 'Domains', 'What it knows about: css, parsing'],
  ['tools', 'Tools', 'What it can use: git, docker'],
  ['languages', 'Languages', 'What it writes: typescript, rust'],
] as const

export function ProfileFields({ profile, onChange }: { profile: Profile; onChange(next: Profile): void }) {
  const set = (more: Partial<Profile>) => onChange({ ...profile, ...more })
  return (
    <>
      <Autocomplete
        label="Kind"
        description="What runs it"
        data={kinds}
        value={profile.kind}
        onChange={(kind) => set({ kind })}
        maxLength={64}
      />
      <TextInput
        label="Model"
        value={profile.model}
        onChange={(event) => set({ model: event.currentTarget.value })}
        maxLength={128}
      />
      {tags.map(([field, label, description]) => (
        <TagsInput
          key={field}
          label={label}
          description={description}
          value={profile[field]}
          onChange={(value) =>
            set({ [field]: value.map((tag) => tag.trim().slice(0, 64)).filter((tag) => tag !== '') })
          }
          maxTags={50}
          acceptValueOnBlur
          clearable
        />
      ))}
      <Switch
        label="Default agent"
        description="It also gets mail that is sent to this node without naming an agent."
        checked={profile.default}
        onChange={(event) => set({ default: event.currentTarget.checked })}
      />
    </>
  )
}
