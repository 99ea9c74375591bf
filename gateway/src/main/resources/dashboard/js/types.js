// The gateway's JSON as far as the dashboard reads it: the protobuf JSON mapping of the contracts, so 64-bit integers
// are strings, times are RFC 3339 and durations are seconds with an "s".

/** @typedef {{currency: string, micros: string}} Money */
/** @typedef {'DRAFT' | 'SCHEDULED' | 'LIVE' | 'PAUSED' | 'SENT' | 'STOPPED'} CampaignStatus */
/** @typedef {'BROADCAST' | 'API'} CampaignType */
/** @typedef {'TEMPLATE' | 'REGULAR'} MessageType */

/**
 * @typedef {object} ParameterBinding
 * @property {string} placeholder e.g. "body.1"
 * @property {string} [column]
 * @property {string} [text]
 * @property {string} [fallback]
 * @property {boolean} [track] the text is an address, and who opens it is counted
 */

/**
 * @typedef {object} Content
 * @property {{templateId: string, name?: string, language?: string, parameters: ParameterBinding[]}} [template]
 * @property {{text: string, previewUrl?: boolean, trackLinks?: boolean, mediaLink?: string, mediaType?: string}} [regular]
 */

/**
 * @typedef {object} Campaign
 * @property {string} id
 * @property {string} name
 * @property {CampaignType} type
 * @property {MessageType} messageType
 * @property {CampaignStatus} status
 * @property {{kind: string, message: string, errorCode: number, time: string}} [pauseReason]
 * @property {string} channelId
 * @property {Content} content
 * @property {number} audience
 * @property {number} maxRate
 * @property {string} [finishWithin] e.g. "3600s"
 * @property {string} [startTime]
 * @property {string} createTime
 * @property {string} [launchTime]
 * @property {string} [endTime]
 * @property {string} createdBy
 * @property {string} launchedBy
 * @property {string} version
 * @property {string} defaultRegion
 * @property {number} attempted
 * @property {boolean} simulated
 * @property {string[]} audienceColumns
 * @property {string} [nextAttemptTime] while everybody who is left waits
 * @property {Analytics} [analytics] only in lists
 */

/**
 * @typedef {object} Cost
 * @property {Money} reserved
 * @property {Money} charged
 * @property {Money} released
 * @property {Money} refunded
 * @property {number} chargedMessages
 * @property {Money} reservedInAll
 * @property {Money} failedCost
 */

/**
 * @typedef {object} Analytics
 * @property {string} campaignId
 * @property {CampaignStatus} status
 * @property {CampaignType} type
 * @property {MessageType} messageType
 * @property {{sent?: number, delivered?: number, read?: number, replied?: number, clicked?: number, failed?: number}} rates
 * @property {{deliverMedian?: string, deliverP90?: string, readMedian?: string, readP90?: string}} [timings]
 * @property {Array<{reason: string, count: number}>} skips
 * @property {Cost} [cost]
 * @property {boolean} costUnavailable
 * @property {string} [launchTime]
 * @property {string} updateTime
 * @property {string} version
 * @property {number} audience
 * @property {number} submitted
 * @property {number} sent
 * @property {number} delivered
 * @property {number} read
 * @property {number} failed
 * @property {number} skipped
 * @property {number} unconfirmed
 * @property {number} pending
 * @property {number} replied
 * @property {number} clicked
 * @property {number} accepted
 * @property {number} held
 * @property {number} anomalies
 * @property {number} expired
 */

/** @typedef {{id: string, name: string, displayPhoneNumber: string, verifiedName: string, qualityRating: string, messagingLimitTier: string, rate: number, simulated: boolean, ownApp: boolean, heldReason: string, checkTime?: string, webhookPath: string, phoneNumberId: string, wabaId: string}} Channel */
/** @typedef {{kind: string, format: string, text: string, url: string, examples: string[]}} TemplateComponent */
/** @typedef {{id: string, channelId: string, name: string, language: string, category: string, status: string, statusReason: string, components: TemplateComponent[], placeholders: string[], syncTime?: string}} Template */
/** @typedef {{ordinal: number, phone: string, name: string, country: string, parameters: Record<string, string>}} Recipient */

export {};
