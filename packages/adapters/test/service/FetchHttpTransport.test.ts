import * as FetchHttpTransport from "@image-skill/adapters/service/FetchHttpTransport"
import * as HttpDownloadSuite from "@image-skill/testing/service/HttpDownloadSuite"
import * as HttpTransportSuite from "@image-skill/testing/service/HttpTransportSuite"

HttpTransportSuite.suite("fetch", FetchHttpTransport.layer(), { parsesUrls: true })
HttpDownloadSuite.suite("fetch", FetchHttpTransport.layer())
