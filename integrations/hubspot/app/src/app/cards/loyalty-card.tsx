/** The card on a contact: what the loyalty program knows of them, and *Issue reward*. */
import {
  Alert,
  Button,
  EmptyState,
  ErrorState,
  Flex,
  hubspot,
  LoadingButton,
  LoadingSpinner,
  Text,
  useExtensionActions,
  useExtensionContext,
} from '@hubspot/ui-extensions'
import { useCrmProperties } from '@hubspot/ui-extensions/crm'
import { useCallback, useEffect, useRef, useState } from 'react'
import { Member } from './member-card.tsx'
import { type Answer, type Card, type Contact, enrolContact, loadCard, type NoMemberCard } from './server.ts'
import { useAttempts } from './use-attempts.ts'

hubspot.extend<'crm.record.tab'>(() => <LoyaltyCard />)

export function LoyaltyCard() {
  const { crm, variables } = useExtensionContext<'crm.record.tab'>()
  const { properties, isLoading } = useCrmProperties(['email', 'firstname', 'lastname'])
  const base = String(variables?.PUBLIC_URL ?? '').replace(/\/+$/, '')
  if (base === '')
    return (
      <ErrorState title="This card does not know where Regulars is">
        <Text>Put PUBLIC_URL into the project’s profile, and upload the project again.</Text>
      </ErrorState>
    )
  if (isLoading) return <Loading />
  const names = [properties.firstname, properties.lastname].filter((part) => part)
  const name = names.length > 0 ? names.join(' ') : null
  return <Loaded base={base} id={String(crm.objectId)} email={properties.email || null} name={name} />
}

const Loading = () => <LoadingSpinner label="Looking them up" layout="centered" showLabel />

interface LoadedProps extends Contact {
  base: string
}

function Loaded({ base, id, email, name }: LoadedProps) {
  const { copyTextToClipboard } = useExtensionActions<'crm.record.tab'>()
  const [answer, setAnswer] = useState<Answer<Card> | null>(null)
  const looks = useRef(0)
  const lookAgain = useCallback(async () => {
    const look = ++looks.current
    const loaded = await loadCard(base, { id, email, name })
    // Another contact, or a later look: what comes late is not shown.
    if (look === looks.current) setAnswer(loaded)
  }, [base, id, email, name])
  useEffect(() => {
    void lookAgain()
    return () => {
      looks.current++
    }
  }, [lookAgain])

  const contact: Contact = { id, email, name }
  if (answer === null) return <Loading />
  if (!answer.ok)
    return (
      <ErrorState title={answer.message}>
        <Button onClick={() => void lookAgain()}>Try again</Button>
      </ErrorState>
    )
  if (answer.value.kind === 'none')
    return <NotAMember base={base} contact={contact} card={answer.value} onChanged={() => void lookAgain()} />
  const copy = (text: string) => void copyTextToClipboard(text)
  return <Member base={base} contact={contact} card={answer.value} onChanged={() => void lookAgain()} copy={copy} />
}

interface NotAMemberProps {
  base: string
  contact: Contact
  card: NoMemberCard
  onChanged: () => void
}

function NotAMember({ base, contact, card, onChanged }: NotAMemberProps) {
  const { isBusy, problem, attempt } = useAttempts(
    card.ticket,
    (ticket) => enrolContact(base, contact, ticket),
    onChanged,
  )
  return (
    <EmptyState title={card.message} layout="vertical" imageName="contacts" flush>
      <Flex direction="column" gap="sm">
        {contact.email === null && <Text>Give the contact an e-mail address to enrol them.</Text>}
        {problem !== null && <Alert title={problem} variant="danger" />}
        {card.mayEnrol && (
          <LoadingButton variant="primary" loading={isBusy} disabled={isBusy} onClick={attempt}>
            Enrol
          </LoadingButton>
        )}
      </Flex>
    </EmptyState>
  )
}
