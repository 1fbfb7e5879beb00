import type { Section } from '@linux-patch/shared/settings'

type About = { label: string; description?: string }
export type Field = About & { name: string } & (
    | { as: 'text' | 'whole' | 'flag' | 'secret' | 'words' | 'role' | 'roles' | 'role_by_group' }
    | { as: 'choice'; options: Record<string, string> }
  )

type Fields = { title: string; fields: Field[] }

/** How each setting is called on the page, and what it is. */
export const settingsFields: Record<Section, Fields> = {
  smtp: {
    title: 'Mail',
    fields: [
      {
        name: 'host',
        as: 'text',
        label: 'Server',
        description: 'Its name or address; left empty, no mail is sent',
      },
      { name: 'port', as: 'whole', label: 'Port' },
      {
        name: 'security',
        as: 'choice',
        label: 'Protection',
        options: {
          starttls: 'STARTTLS, before anything is said',
          tls: 'TLS from the first byte, mostly on port 465',
          none: 'None',
        },
      },
      {
        name: 'username',
        as: 'text',
        label: 'User name',
        description: 'Left empty, the manager does not sign in there',
      },
      { name: 'password', as: 'secret', label: 'Password' },
      {
        name: 'from',
        as: 'text',
        label: 'From',
        description: 'The address that mail comes from',
      },
    ],
  },

  oidc: {
    title: 'Single sign-on',
    fields: [
      { name: 'enabled', as: 'flag', label: 'Offered on the sign-in page' },
      { name: 'display_name', as: 'text', label: 'Name', description: 'What the button says' },
      {
        name: 'issuer',
        as: 'text',
        label: 'Issuer',
        description: 'An https address, exactly as the provider writes it',
      },
      { name: 'client_id', as: 'text', label: 'Client id' },
      { name: 'client_secret', as: 'secret', label: 'Client secret' },
      { name: 'scopes', as: 'words', label: 'Scopes' },
      {
        name: 'redirect_uri',
        as: 'text',
        label: 'Redirect address',
        description: "Where people come back to; left empty, this manager's own address",
      },
      {
        name: 'link_by_verified_email',
        as: 'flag',
        label: 'Somebody of the same, verified mail address is the same person',
      },
      { name: 'create_users', as: 'flag', label: 'Whoever is new gets an account' },
      {
        name: 'default_role',
        as: 'role',
        label: 'Role without groups',
        description: 'Of those whose groups give them none; without one they are not let in',
      },
      { name: 'groups_claim', as: 'text', label: 'Claim that names the groups' },
      { name: 'role_by_group', as: 'role_by_group', label: 'Roles that groups give' },
      {
        name: 'sign_out_at_provider',
        as: 'flag',
        label: 'Signing out here ends the session there as well, which other systems use too',
      },
    ],
  },

  security: {
    title: 'Signing in',
    fields: [
      {
        name: 'mfa_required_roles',
        as: 'roles',
        label: 'Roles that need a second factor',
        description: 'Whoever has one of these and no second factor can only set one up',
      },
      {
        name: 'mfa_for_sso',
        as: 'flag',
        label: 'Ask whoever comes by single sign-on for a second factor here as well',
      },
      {
        name: 'step_up_minutes',
        as: 'whole',
        label: 'Minutes until what is dangerous asks for a password or a code again',
        description: 'From 1 to 480',
      },
      {
        name: 'session_hours',
        as: 'whole',
        label: 'Hours that a session lasts',
        description: 'From 1 to 720',
      },
      {
        name: 'lockout_attempts',
        as: 'whole',
        label: 'Wrong passwords or codes that lock an account',
        description: 'From 3 to 100',
      },
      {
        name: 'lockout_minutes',
        as: 'whole',
        label: 'Minutes that it stays locked',
        description: 'From 1 to 1440; each further lock lasts twice as long',
      },
      {
        name: 'password_min_length',
        as: 'whole',
        label: 'Characters that a password has at least',
        description: 'From 8 to 128',
      },
    ],
  },

  audit: {
    title: 'Audit record',
    fields: [
      {
        name: 'retention_days',
        as: 'whole',
        label: 'Days that the record is kept',
        description: 'From 30 to 3650; left empty, it is kept for ever',
      },
    ],
  },
}
