import { authPage, quotaPage, signupPage, whoamiPage } from "./AccountPages.ts"
import { activityPage, eventPage } from "./ActivityPages.ts"
import { assetPage, assetsPage, downloadPage, uploadPage } from "./AssetPages.ts"
import { conformancePage } from "./ConformancePage.ts"
import { buyPage, fakePurchasePage, quotePage, settlePage, statusPage } from "./CreditPages.ts"
import { doctorPage } from "./DoctorPage.ts"
import { guidePage } from "./GuidePage.ts"
import { commandHelpPage, completionsPage, overviewPage, schemaPage, versionPage } from "./HelpPages.ts"
import { cancelPage, jobPage, jobsPage } from "./JobPages.ts"
import { mediaPage } from "./MediaPage.ts"
import { modelPage, modelsPage } from "./ModelPages.ts"
import type { Page } from "./Page.ts"
import { methodsPage, packsPage, planPage } from "./RailPages.ts"
import type { Sheet } from "./Sheet.ts"

/** The page of a command, by its label; null where the generic one serves as well. */
export const pageOf = (command: string, sheet: Sheet): Page | null => {
  if (Object.hasOwn(pages, command)) return pages[command]?.(sheet) ?? null
  return command.endsWith(" help") ? commandHelpPage(sheet) : null
}

const pages: { readonly [command: string]: (sheet: Sheet) => Page } = {
  help: overviewPage,
  version: versionPage,
  schema: schemaPage,
  completions: completionsPage,
  doctor: doctorPage,
  conformance: conformancePage,
  signup: signupPage,
  "auth status": authPage,
  whoami: whoamiPage,
  "usage quota": quotaPage,
  quota: quotaPage,
  "create --guide": guidePage,
  create: (sheet) => mediaPage("create", sheet),
  edit: (sheet) => mediaPage("edit", sheet),
  upload: uploadPage,
  "models list": modelsPage,
  "models show": modelPage,
  "credits methods": methodsPage,
  "credits packs list": packsPage,
  "credits plan": planPage,
  "credits quote": quotePage,
  "credits buy": buyPage,
  "credits fake-purchase": fakePurchasePage,
  "credits status": statusPage,
  "credits settle": settlePage,
  "assets list": assetsPage,
  "assets show": assetPage,
  "assets get": downloadPage,
  "jobs list": jobsPage,
  "jobs show": jobPage,
  "jobs wait": jobPage,
  "jobs cancel": cancelPage,
  "activity list": activityPage,
  "activity show": eventPage
}
