// The services that can be connected, as connect.lua explains them.

export const SERVICES = [
  {
    name: "apple",
    title: "iCloud",
    how: "app password",
    account: "Apple Account",
    example: "julia@icloud.com",
    secret: "App-specific password",
    help: "16 letters in four groups. Dashes and spaces do not matter.",
    about: "Apple lets other programs in with an app-specific password. Your own password stays with you.",
    steps: [
      ["Open ", ["account.apple.com", "https://account.apple.com"], " and sign in. Two-factor authentication must be on."],
      ["Choose Sign-In and Security, then App-Specific Passwords."],
      ["Press + and name it fmcal."],
      ["Copy the 16 letters into the field."],
    ],
  },
  {
    name: "google",
    title: "Google",
    how: "signs in there",
    about: "Google lets programs in through an OAuth client that is yours. Making one takes five minutes, once.",
    steps: [
      [
        "In ",
        ["the Google Cloud console", "https://console.cloud.google.com"],
        " make a project and switch the Calendar API on.",
      ],
      ["Make an OAuth client of the kind “Web application”."],
      ["Allow the address of this server as its redirect URI, with /api/calendar/oauth/google at its end."],
      ["Copy its id and its secret into the fields."],
    ],
  },
  {
    name: "fastmail",
    title: "Fastmail",
    how: "app password",
    account: "Fastmail address",
    example: "julia@fastmail.com",
    secret: "App password",
    help: "Accounts of the Basic plan can make none: they have no CalDAV.",
    about: "Fastmail wants an app password for calendar programs, not the password of the account.",
    steps: [
      ["Open ", ["Fastmail’s settings", "https://app.fastmail.com/settings/security"], "."],
      ["Choose Privacy & Security, Integrations, New App Password."],
      ["Give it access to calendars (CalDAV)."],
      ["Copy the password into the field."],
    ],
  },
  {
    name: "nextcloud",
    title: "Nextcloud",
    how: "app password",
    server: "Nextcloud server",
    serverExample: "cloud.example.org",
    account: "User name",
    secret: "App password",
    about: "Nextcloud wants an app password where two-factor authentication is on, and it is better everywhere.",
    steps: [
      ["Open the settings of your Nextcloud."],
      ["Choose Security, then Devices & sessions."],
      ["Press Create new app password."],
      ["Copy it into the field."],
    ],
  },
  {
    name: "caldav",
    title: "Other",
    how: "CalDAV server",
    server: "Address of the server",
    serverExample: "https://dav.example.org/",
    account: "User name",
    secret: "Password",
    about: "Any CalDAV server. Where it offers app passwords, make one for fmcal: it can be taken back by itself.",
    steps: [],
  },
];

export const serviceNamed = name => SERVICES.find(service => service.name === name);
