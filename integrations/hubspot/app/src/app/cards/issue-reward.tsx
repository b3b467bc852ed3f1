/** The form under *Issue reward*: which one, who pays, and a word about it. */
import { Alert, Button, ButtonRow, Flex, Input, LoadingButton, Select } from '@hubspot/ui-extensions'
import { useState } from 'react'
import { type Contact, type Done, issueReward, type MemberCard } from './server.ts'
import { useAttempts } from './use-attempts.ts'

export interface IssueRewardProps {
  base: string
  contact: Contact
  card: MemberCard
  onDone: (done: Done) => void
  onCancel: () => void
}

const CHARGES = [
  { label: 'From their points', value: 'member' },
  { label: 'A present from us', value: 'house' },
]

export function IssueReward({ base, contact, card, onDone, onCancel }: IssueRewardProps) {
  const [charge, setCharge] = useState<'member' | 'house'>('member')
  const [chosen, setChosen] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const offered = card.rewards.filter(({ byPoints }) => charge === 'house' || byPoints)
  const reward = offered.find(({ id }) => id === chosen)?.id ?? null
  const { isBusy, problem, attempt } = useAttempts(
    card.ticket,
    (ticket) => issueReward(base, contact, { reward: reward ?? '', charge, note, ticket }),
    onDone,
  )
  return (
    <Flex direction="column" gap="sm">
      <Select
        name="charge"
        label="Who pays"
        options={CHARGES}
        value={charge}
        onChange={(value) => setCharge(value === 'house' ? 'house' : 'member')}
      />
      <Select
        name="reward"
        label="Reward"
        placeholder={offered.length > 0 ? 'Choose a reward' : 'Their points are not enough for any'}
        options={offered.map(({ id, label }) => ({ label, value: id }))}
        {...(reward !== null && { value: reward })}
        onChange={(value) => setChosen(String(value))}
      />
      <Input name="note" label="Why (kept in the history)" value={note} onInput={setNote} />
      {problem !== null && <Alert title={problem} variant="danger" />}
      <ButtonRow>
        <LoadingButton variant="primary" loading={isBusy} disabled={isBusy || reward === null} onClick={attempt}>
          Issue
        </LoadingButton>
        <Button disabled={isBusy} onClick={onCancel}>
          Cancel
        </Button>
      </ButtonRow>
    </Flex>
  )
}
