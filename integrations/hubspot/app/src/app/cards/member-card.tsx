/** A member in a few lines. */
import { Alert, Button, ButtonRow, Flex, Heading, List, ProgressBar, Tag, Text } from '@hubspot/ui-extensions'
import { useState } from 'react'
import { IssueReward } from './issue-reward.tsx'
import type { Contact, Done, MemberCard } from './server.ts'

export interface MemberProps {
  base: string
  contact: Contact
  card: MemberCard
  onChanged: () => void
  copy: (text: string) => void
}

const RISK_VARIANTS = { low: 'success', medium: 'warning', high: 'error' } as const

export function Member({ base, contact, card, onChanged, copy }: MemberProps) {
  const [isIssuing, setIssuing] = useState(false)
  const [issued, setIssued] = useState<Done | null>(null)
  const onDone = (done: Done) => {
    setIssuing(false)
    setIssued(done)
    onChanged()
  }
  return (
    <Flex direction="column" gap="md">
      <Heading>{card.headline}</Heading>
      {card.status !== null && <Alert title={card.status} variant="warning" />}
      {card.progress !== null && (
        <ProgressBar title={card.progress.label} value={card.progress.percent} maxValue={100} showPercentage />
      )}
      {card.expiring !== null && <Text>{card.expiring}</Text>}
      {card.risk !== null && (
        <Flex gap="xs" wrap="wrap">
          <Tag variant={RISK_VARIANTS[card.risk.level]}>{`Risk: ${card.risk.level}`}</Tag>
          <Text>{card.risk.text}</Text>
        </Flex>
      )}
      {card.badges.length > 0 && (
        <Flex gap="xs" wrap="wrap">
          {card.badges.map(({ id, name }) => (
            <Tag key={id}>{name}</Tag>
          ))}
        </Flex>
      )}
      <History lines={card.history} />
      {issued !== null && <Issued done={issued} copy={copy} />}
      {isIssuing ? (
        <IssueReward base={base} contact={contact} card={card} onDone={onDone} onCancel={() => setIssuing(false)} />
      ) : (
        card.mayIssue && (
          <ButtonRow>
            <Button variant="primary" onClick={() => setIssuing(true)}>
              Issue reward
            </Button>
          </ButtonRow>
        )
      )}
    </Flex>
  )
}

function History({ lines }: { lines: MemberCard['history'] }) {
  if (lines.length === 0) return <Text>Nothing has happened yet.</Text>
  return (
    <List>
      {lines.map(({ id, on, points, text }) => (
        <Text key={id}>{[on, points, text].filter((part) => part !== '').join(' · ')}</Text>
      ))}
    </List>
  )
}

function Issued({ done: { message, code }, copy }: { done: Done; copy: (text: string) => void }) {
  return (
    <Alert title={message} variant="success">
      {code !== null && (
        <Button size="xs" onClick={() => copy(code)}>
          Copy for the customer
        </Button>
      )}
    </Alert>
  )
}
