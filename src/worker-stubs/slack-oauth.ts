// Stands in for @slack/oauth (wrangler.toml, [alias]), which installs an app in many workspaces: this one has one, by its token.
class NotInstalled {
  constructor() {
    throw new Error('@slack/oauth is not in the Worker’s bundle: this app is in one workspace, by its bot token')
  }
}

export { NotInstalled as FileInstallationStore, NotInstalled as MemoryInstallationStore }
