// Made of central's OpenAPI document by npm run client.

export interface paths {
    "/v1/stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Stock of items, by place and in total */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description A place of the site, or an outside: supplier, customer, loss, found, transit. */
                    place?: string;
                    /** @description `outsides` shows suppliers, customers, loss, found and transit too; `below` what stands in the place, too. */
                    include?: "outsides" | "below";
                    /** @description Only what moved under a code with this lot; what is promised or blocked is not known by lot. */
                    lot?: string;
                    /** @description As it was then: the sum of the ledger up to and including this time. */
                    as_of?: string;
                    /** @description Whether `as_of` means when things happened, or when the centre stored them. */
                    by?: "event" | "record";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Items by SKU; with a site or place, those that have or had stock there */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ItemStock"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Stock of one item, by place and in total */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description A place of the site, or an outside: supplier, customer, loss, found, transit. */
                    place?: string;
                    /** @description `outsides` shows suppliers, customers, loss, found and transit too; `below` what stands in the place, too. */
                    include?: "outsides" | "below";
                    /** @description Only what moved under a code with this lot; what is promised or blocked is not known by lot. */
                    lot?: string;
                    /** @description As it was then: the sum of the ledger up to and including this time. */
                    as_of?: string;
                    /** @description Whether `as_of` means when things happened, or when the centre stored them. */
                    by?: "event" | "record";
                };
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The item's stock, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ItemStock"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stock/{sku}/why": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * From a balance back to the movements that make it, the newest first
         * @description A page looks at 20000 lines of the item, and so may have fewer rows than asked for, or none, and a cursor all the same.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description A place or an outside; without it, all places. */
                    place?: string;
                    /** @description Up to and including this time. */
                    as_of?: string;
                    /** @description Which time `as_of` means. */
                    by?: "event" | "record";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The balance, and a page of what makes it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WhyPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds and changes many items, as CSV or JSON lines
         * @description A line adds the item with its SKU, or changes it: what the line names is so afterwards, what it leaves out stays as it is. A list that is named is the whole list. Families stand before their variants.
         */
        post: {
            parameters: {
                query?: {
                    /** @description `all_or_nothing`: a fault in any line, and nothing is changed. `skip_faulty`: the other lines are written. */
                    mode?: "all_or_nothing" | "skip_faulty";
                    /** @description Whether to say only what would become of the lines. */
                    dry_run?: "true" | "false";
                };
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            responses: {
                /** @description What became of the lines */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportReport"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All items as CSV or JSON lines; imported again, they change nothing */
        get: {
            parameters: {
                query?: {
                    format?: "jsonl" | "csv";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All items, families first */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": string;
                        "text/csv": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The catalogue, by SKU */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description The item that this code means, in any form; also that of a pack of it. */
                    code?: string;
                    /** @description Items that this party has a code for. */
                    party?: string;
                    /** @description Items that a party calls so. */
                    party_code?: string;
                    /** @description The variants of this family. */
                    family?: string;
                    /** @description `draft`: known, not to be promised yet. `active`. `discontinued`: what there is may be sold off; nothing new is expected. */
                    status?: "draft" | "active" | "discontinued";
                    /** @description Beginnings of words of the name or the SKU, all of them. */
                    search?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of items */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Item"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Adds an item; movements that were held for its codes are posted */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewItem"];
                };
            };
            responses: {
                /** @description The new item */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Item"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/items/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One item */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The item, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Item"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes an item: what is named, and its lists by what is added and removed */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ItemChange"];
                };
            };
            responses: {
                /** @description The item as it is now, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Item"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/prices/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What so many units cost, and why */
        get: {
            parameters: {
                query: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                    quantity?: number;
                    /** @description The price list. */
                    list: string;
                    /** @description ISO 4217. */
                    currency: string;
                    /** @description Who asks. */
                    customer_group?: string;
                    /** @description Without it, now. */
                    at?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The price */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Quote"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/prices/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Adds and changes many prices, as CSV or JSON lines */
        post: {
            parameters: {
                query?: {
                    /** @description `all_or_nothing`: a fault in any line, and nothing is changed. `skip_faulty`: the other lines are written. */
                    mode?: "all_or_nothing" | "skip_faulty";
                    /** @description Whether to say only what would become of the lines. */
                    dry_run?: "true" | "false";
                };
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            responses: {
                /** @description What became of the lines */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ImportReport"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/prices/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All prices as CSV or JSON lines; imported again, they change nothing */
        get: {
            parameters: {
                query?: {
                    format?: "jsonl" | "csv";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All prices */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/x-ndjson": string;
                        "text/csv": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prices, the first that were added first */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description The price list. */
                    list?: string;
                    /** @description ISO 4217. */
                    currency?: string;
                    /** @description Those that hold then. */
                    at?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of prices */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Price"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Adds a price; the one before it, where it has no end, ends where this one begins */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPrice"];
                };
            };
            responses: {
                /** @description The new price */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Price"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/prices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One price */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The price, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Price"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes what a price is, or ends it */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PriceChange"];
                };
            };
            responses: {
                /** @description The price as it is now, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Price"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger, what was stored last first */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description From or to this place or outside. */
                    place?: string;
                    /** @description Exactly this code, in canonical form; the last 10,000 movements of one thing. */
                    code?: string;
                    read_point?: string;
                    state?: "posted" | "held";
                    /** @description At or after this time. */
                    since?: string;
                    /** @description Before this time. */
                    until?: string;
                    /** @description Which time `since` and `until` mean. */
                    by?: "event" | "record";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of movements */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Movement"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Records movements that a person or a client made
         * @description Transfers between places of a site, adjustments against loss and found, receipts and issues against the other outsides, and reversals; all of the request or nothing of it. More than is on hand, or what is promised, is taken with `force` alone: what is typed and cannot be is most likely a mistake.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewMovements"];
                };
            };
            responses: {
                /** @description The movements, posted */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RecordedMovements"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/movements/{site}/{epoch}/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One movement and what it did to the stock */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description One opening of the site's store. */
                    epoch: string;
                    seq: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The movement, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MovementDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where serialised things and logistic units are, by code
         * @description A page looks at 20000 of them, and so may have fewer rows than asked for, or none, and a cursor all the same.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description A place of the site, or an outside: supplier, customer, loss, found, transit. */
                    place?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of tags */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Tag"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tags/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where one thing is, since when, and where it was before, the newest first
         * @description At most 10000 movements are walked back over.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only the history up to and including this time; its first entry is where the thing was then. */
                    as_of?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description In canonical form: `(01)…(21)…`, `(00)…` or `epc:…`. */
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The thing and a page of its history */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TagDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/units/{sscc}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is in a logistic unit, and where that was last taken */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description SSCC, 18 digits, with or without (00). */
                    sscc: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The unit, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Unit"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/units/{sscc}/contents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what was packed into a logistic unit; it goes where the unit goes from then on */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description SSCC, 18 digits, with or without (00). */
                    sscc: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Packed"];
                };
            };
            responses: {
                /** @description The unit with all its contents */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Unit"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/units/{sscc}/unpack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what was taken out of a logistic unit; it stays where it is */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path: {
                    /** @description SSCC, 18 digits, with or without (00). */
                    sscc: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Unpacked"];
                };
            };
            responses: {
                /** @description The unit with what is left in it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Unit"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Places, by site and code */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description This place of the site and all that stands in it. */
                    under?: string;
                    available?: "true" | "false";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of places; a place is also added when a movement first names it */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Place"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Adds a place to a site */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewPlace"];
                };
            };
            responses: {
                /** @description The new place */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Place"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/places/{site}/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One place */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description A place of a site: a zone, a dock or a bin. */
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The place, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Place"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Changes a place: its name, where it stands, its GLN, its read points, or whether what is there may be promised
         * @description What is absent stays as it is; null takes it away. When a place becomes unavailable, what is there is blocked at once; what was promised of it stays promised, and is a shortage for a person.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description A place of a site: a zone, a dock or a bin. */
                    code: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlaceChange"];
                };
            };
            responses: {
                /** @description The place as it is now, with its ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Place"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/lots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lots and where they are; those that end before a day, the first to end first */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description The lot, AI 10. */
                    lot?: string;
                    /** @description Lots of which something is there. */
                    site?: string;
                    /** @description Of a blocked lot nothing is promised, wherever it is. */
                    status?: "available" | "blocked";
                    /** @description Whose expiry or best-before date, the earlier of the two, is before this day. */
                    expires_before?: string;
                    /** @description Only lots of which something is on hand. */
                    stocked?: "true";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of lots */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Lot"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lots/{sku}/{lot}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One lot and where it is */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                    /** @description The lot, AI 10. */
                    lot: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The lot, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lot"];
                    };
                };
            };
        };
        /**
         * Says what is known of a lot, also before anything of it has come; blocks or frees it
         * @description What is absent stays as it is; null is not known.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku: string;
                    /** @description The lot, AI 10. */
                    lot: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LotChange"];
                };
            };
            responses: {
                /** @description The lot as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Lot"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reorder-points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reorder points, and which of them are below */
        get: {
            parameters: {
                query?: {
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    below?: "true" | "false";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of reorder points, in the order in which they were first set */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["ReorderPoint"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Sets reorder points; one that is there already is changed */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["GivenReorderPoints"];
                };
            };
            responses: {
                /** @description The points as they are now */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SetReorderPoints"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reorder-points/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Takes a reorder point away */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sites and how they are, by name; each with its 5 newest epochs */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of sites */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Site"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{site}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one site is, with its 500 newest epochs */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The site, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Site"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sites/{site}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a key with which the site's edge signs on to NATS
         * @description The site need not have been heard yet. The key is in this answer and kept nowhere, so there is no idempotency key: the same request again makes another one. Keys are revoked on the NATS servers.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewSiteKey"];
                };
            };
            responses: {
                /** @description The key */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SiteKey"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Readers and scanners of all sites and how they are, by site and name
         * @description As the sites said of themselves since this process began; a site that has not spoken since shows none.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    state?: "connected" | "waiting" | "silent" | "failed";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of devices */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SiteDevice"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/devices/{site}/{device}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one device is */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description A reader or scanner at a site. */
                    device: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The device, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SiteDevice"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reservations, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `held`, then once one of the others: `fulfilled` or `released` by what ended the last of it, `expired` by its time. */
                    state?: "held" | "fulfilled" | "released" | "expired";
                    /** @description Stock keeping unit: the item's own short name. */
                    sku?: string;
                    /** @description Those that hold, or held, something there. */
                    site?: string;
                    /** @description Your own word for it, such as an order's number. It need not be unique. */
                    reference?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of reservations */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Reservation"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Promises stock: all of its lines, or nothing */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReservation"];
                };
            };
            responses: {
                /** @description What is held from now on */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One reservation */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The reservation, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Many reservations at once, each granted or refused for itself */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReservations"];
                };
            };
            responses: {
                /** @description What became of each; the whole is kept under the idempotency key */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BulkResult"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}/fulfil": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The goods went to whom they were promised; the movement itself is what the site reports */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndOfReservation"];
                };
            };
            responses: {
                /** @description The reservation as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reservations/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The goods are not needed; they are available again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EndOfReservation"];
                };
            };
            responses: {
                /** @description The reservation as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Reservation"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `placed`: It is known; what is held for it is decided in the same moment. `backordered`: Some of it waits for stock. `reserved`: All of it is held. `picking`: Some of it has left its shelf. `picked`: All of it has left its shelf. `shipping`: Some of it has left the site. `shipped`: All of it has left the site. `closed`: Some of it was shipped, and the rest is not wanted any more. `cancelled`: Nothing of it was shipped, and nothing is wanted any more. */
                    state?: "placed" | "backordered" | "reserved" | "picking" | "picked" | "shipping" | "shipped" | "closed" | "cancelled";
                    /** @description Those of which something is awaited, or the others. */
                    open?: "true" | "false";
                    /** @description Your own number, which no other of the kind has; without it, one of ours. */
                    number?: string;
                    /** @description A further word for it, such as the customer's own number. It need not be unique. */
                    reference?: string;
                    /** @description Who it is with: a customer's or supplier's own short name. */
                    partner?: string;
                    /** @description Those with a line of this item. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Order"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Places an order, and holds its goods in the same moment */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewOrder"];
                };
            };
            responses: {
                /** @description The order, and what is held for it */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document, with its version as ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes an order of which nothing has left its shelf */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrderChange"];
                };
            };
            responses: {
                /** @description The order as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wants nothing of it any more; what was held for it is free again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Expects no more of it; what is missing or too much becomes exceptions */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/pick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes goods from their shelf for the order; what is held for it goes with them */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @example [
                         *       {
                         *         "line": 1,
                         *         "quantity": 1,
                         *         "from": "dock-2",
                         *         "to": "dock-1"
                         *       }
                         *     ]
                         */
                        lines: {
                            /** @description The number of the document's line. */
                            line: number;
                            quantity: number;
                            /**
                             * @description Only of this lot.
                             * @example L-24
                             */
                            lot?: string;
                            /** @description Which thing it is, with a quantity of 1. */
                            serial?: string;
                            /**
                             * @description The place that it leaves; without one, where it is held.
                             * @example dock-1
                             */
                            from?: string;
                            /**
                             * @description The place that it comes to.
                             * @example dock-1
                             */
                            to?: string;
                        }[];
                        /** @example the customer called */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description The document as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goods of the order leave the site */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @example [
                         *       {
                         *         "line": 1,
                         *         "quantity": 1,
                         *         "from": "dock-2"
                         *       }
                         *     ]
                         */
                        lines: {
                            /** @description The number of the document's line. */
                            line: number;
                            quantity: number;
                            /**
                             * @description Only of this lot.
                             * @example L-24
                             */
                            lot?: string;
                            /** @description Which thing it is, with a quantity of 1. */
                            serial?: string;
                            /**
                             * @description The place that it leaves; without one, where it is held.
                             * @example dock-1
                             */
                            from?: string;
                        }[];
                        /** @example the customer called */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description The document as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Order"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shipments, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `announced`: It is on its way; nothing of it has come. `receiving`: Some of it has come. `received`: All that was announced has come, or more. `closed`: Nothing more is expected; what was missing or too much is with the exceptions. `cancelled`: It does not come, and nothing of it had come. */
                    state?: "announced" | "receiving" | "received" | "closed" | "cancelled";
                    /** @description Those of which something is awaited, or the others. */
                    open?: "true" | "false";
                    /** @description Your own number, which no other of the kind has; without it, one of ours. */
                    number?: string;
                    /** @description A further word for it, such as the customer's own number. It need not be unique. */
                    reference?: string;
                    /** @description Who it is with: a customer's or supplier's own short name. */
                    partner?: string;
                    /** @description Those with a line of this item. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Shipment"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Announces goods that are on their way, with the pallets that they are on (EPCIS desadv) */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewShipment"];
                };
            };
            responses: {
                /** @description The notice */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipment"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One shipment */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document, with its version as ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipment"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wants nothing of it any more; what was held for it is free again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipment"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Expects no more of it; what is missing or too much becomes exceptions */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipment"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments/{id}/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The logistic units of a notice, and what is in them */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of them, by SSCC */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ShipmentUnits"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shipments/{id}/receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goods that were announced have come */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @example [
                         *       {
                         *         "line": 1,
                         *         "quantity": 1,
                         *         "to": "dock-1"
                         *       }
                         *     ]
                         */
                        lines: {
                            /** @description The number of the document's line. */
                            line: number;
                            quantity: number;
                            /**
                             * @description Only of this lot.
                             * @example L-24
                             */
                            lot?: string;
                            /** @description Which thing it is, with a quantity of 1. */
                            serial?: string;
                            /**
                             * @description The place that it comes to.
                             * @example dock-1
                             */
                            to?: string;
                        }[];
                        /** @example the customer called */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description The document as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Shipment"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Transfers, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `planned`: It is known; what is held for it is decided in the same moment. `backordered`: Some of it waits for stock, since what had left was taken back and went elsewhere. `reserved`: All of it is held at the source. `leaving`: Some of it has left. `in_transit`: All of it has left, and nothing has arrived. `arriving`: Some of it has arrived. `received`: All of it has arrived. `closed`: Nothing more is expected; what was missing or too much is with the exceptions. `cancelled`: Nothing of it has left, and nothing will. */
                    state?: "planned" | "backordered" | "reserved" | "leaving" | "in_transit" | "arriving" | "received" | "closed" | "cancelled";
                    /** @description Those of which something is awaited, or the others. */
                    open?: "true" | "false";
                    /** @description Your own number, which no other of the kind has; without it, one of ours. */
                    number?: string;
                    /** @description A further word for it, such as the customer's own number. It need not be unique. */
                    reference?: string;
                    /** @description Who it is with: a customer's or supplier's own short name. */
                    partner?: string;
                    /** @description Those with a line of this item. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Transfer"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Plans a transfer to another site or place, and holds its goods at the source */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewTransfer"];
                };
            };
            responses: {
                /** @description The transfer, and what is held for it */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One transfer */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document, with its version as ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wants nothing of it any more; what was held for it is free again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Expects no more of it; what is missing or too much becomes exceptions */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goods of the transfer leave their place */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @example [
                         *       {
                         *         "line": 1,
                         *         "quantity": 1,
                         *         "from": "dock-2"
                         *       }
                         *     ]
                         */
                        lines: {
                            /** @description The number of the document's line. */
                            line: number;
                            quantity: number;
                            /**
                             * @description Only of this lot.
                             * @example L-24
                             */
                            lot?: string;
                            /** @description Which thing it is, with a quantity of 1. */
                            serial?: string;
                            /**
                             * @description The place that it leaves; without one, where it is held.
                             * @example dock-1
                             */
                            from?: string;
                        }[];
                        /** @example the customer called */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description The document as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/transfers/{id}/arrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goods of the transfer arrive */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @example [
                         *       {
                         *         "line": 1,
                         *         "quantity": 1,
                         *         "to": "dock-1"
                         *       }
                         *     ]
                         */
                        lines: {
                            /** @description The number of the document's line. */
                            line: number;
                            quantity: number;
                            /**
                             * @description Only of this lot.
                             * @example L-24
                             */
                            lot?: string;
                            /** @description Which thing it is, with a quantity of 1. */
                            serial?: string;
                            /**
                             * @description The place that it comes to.
                             * @example dock-1
                             */
                            to?: string;
                        }[];
                        /** @example the customer called */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description The document as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Transfer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `announced`: It is on its way back; nothing of it has come. `receiving`: Some of it has come back. `received`: All of it has come back; nothing is decided yet. `inspecting`: What became of some of it is decided. `inspected`: All of it has come back and is decided. `closed`: Nothing more is expected; what was missing or too much is with the exceptions. `cancelled`: It does not come back, and nothing of it had come. */
                    state?: "announced" | "receiving" | "received" | "inspecting" | "inspected" | "closed" | "cancelled";
                    /** @description Those of which something is awaited, or the others. */
                    open?: "true" | "false";
                    /** @description Your own number, which no other of the kind has; without it, one of ours. */
                    number?: string;
                    /** @description A further word for it, such as the customer's own number. It need not be unique. */
                    reference?: string;
                    /** @description Who it is with: a customer's or supplier's own short name. */
                    partner?: string;
                    /** @description Those with a line of this item. */
                    sku?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of them */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Return"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Announces goods that come back (EPCIS rma): of an order, no more than was shipped for it */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewReturn"];
                };
            };
            responses: {
                /** @description The return */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Return"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One return */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document, with its version as ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Return"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Wants nothing of it any more; what was held for it is free again */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Return"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Expects no more of it; what is missing or too much becomes exceptions */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The document as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Return"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{id}/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decides what becomes of goods that came back, and moves them there */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InspectReturn"];
                };
            };
            responses: {
                /** @description The return as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Return"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{id}/inspections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was decided of the goods of a return */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description All of it, in its order */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReturnInspections"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/returns/{id}/receive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goods have come back, to a place where they can be inspected */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the document as you have seen it; refused when it has changed since. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The document's id. */
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /**
                         * @example [
                         *       {
                         *         "line": 1,
                         *         "quantity": 1,
                         *         "to": "dock-1"
                         *       }
                         *     ]
                         */
                        lines: {
                            /** @description The number of the document's line. */
                            line: number;
                            quantity: number;
                            /**
                             * @description Only of this lot.
                             * @example L-24
                             */
                            lot?: string;
                            /** @description Which thing it is, with a quantity of 1. */
                            serial?: string;
                            /**
                             * @description The place that it comes to.
                             * @example dock-1
                             */
                            to?: string;
                        }[];
                        /** @example the customer called */
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description The document as it is now; the movements are in the ledger */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Return"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists of documents that are worked on together, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Those that are open, or the others. */
                    open?: "true" | "false";
                    /** @description Those that a document is on. */
                    document?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of lists */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["List"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Opens a list at a read point, or a wave to pick */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewList"];
                };
            };
            responses: {
                /** @description The list */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One list, with what is still to be done in walking order */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The list */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{id}/close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes a list, and tells what is short, over and unexpected; its documents stay as they are */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The list and what it came to */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["List"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/accuracy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How right stock was found to be by posted counts */
        get: {
            parameters: {
                query: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description Counted then or later. */
                    from?: string;
                    /** @description Counted before then. */
                    to?: string;
                    /** @description What each row is of. Days are those of UTC, weeks of ISO 8601. */
                    by?: "total" | "day" | "week" | "month" | "place" | "sku";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of figures, in the order of their groups */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CountAccuracy"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What to count next at a site, the most pressing first
         * @description Scored by what cannot be right, what nobody explained (exceptions, adjustments by hand), what is worth much, and how long ago a count proved it.
         */
        get: {
            parameters: {
                query: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description Rows of a page. */
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The proposals, with their reasons */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CountProposal"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/observations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What scanners and readers of a site have counted */
        get: {
            parameters: {
                query: {
                    /** @description A site: one warehouse with one edge. */
                    site: string;
                    /** @description Only what belongs to no count yet. */
                    waiting?: boolean;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of observations, by epoch and number */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CountObservation"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description `planned`: What is to be counted is known. The first that is counted starts it. `counting`: People and readers say what is there. `submitted`: All is counted; what differs by more than the limit waits for somebody else's approval. `rejected`: It is not believed: it is counted again, as a whole or in part, or given up. `approved`: Stock is being brought to what was counted, place by place. `posted`: As of each place's time, stock is what was counted; late movements are evened out by themselves up to the limit. `differing`: A late movement changed what was expected by more than the limit; evening it out waits for approval. `cancelled`: Nothing of it was posted, and nothing will be. */
                    state?: "planned" | "counting" | "submitted" | "rejected" | "approved" | "posted" | "differing" | "cancelled";
                    /** @description `full`: a stock-taking. `cycle`: a part of the stock, now and again. They are counted alike. */
                    kind?: "full" | "cycle";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of counts */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Count"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Plans a count: of places, of zones, or of the whole site; of everything there, or of some items */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewCount"];
                };
            };
            responses: {
                /** @description The count, to be counted */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One count */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The count, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The places of a count, and until when each was counted */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of places */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CountPlace"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was found, and by whom */
        get: {
            parameters: {
                query?: {
                    /** @description A place of a site: a zone, a dock or a bin. */
                    place?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of entries */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CountEntry"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Says what was found. What the same caller says of the same code at the same place replaces what it said before */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewCountEntries"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/lines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was found against what should be there, by place and item
         * @description Compared with the ledger as of each place's time, as it is known now: a movement that comes late changes it. A page may hold fewer lines than asked for, or none, and still have a `next_cursor`.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A place of a site: a zone, a dock or a bin. */
                    place?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of lines */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["CountLine"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins counting */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CountStart"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/recount": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has lines or whole places counted once more; what was found there is forgotten */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CountRecount"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands the count in. What is within its limits is posted, the rest waits for somebody who did not count */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CountSubmission"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives the count up */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CountCancellation"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves what was handed in, or the correction that a late movement made necessary; stock follows */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CountApproval"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/counts/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Does not believe it: it is counted again or given up. Of a correction: stock stays as it is */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CountRejection"];
                };
            };
            responses: {
                /** @description The count as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Count"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits for a person, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description `ignored`: its cause goes on, and nobody is to be asked again; it ends by itself, or is put right. */
                    state?: "open" | "ignored" | "resolved";
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    kind?: "unknown_code" | "held_movement" | "unreadable" | "doubtful_crossing" | "shortage" | "unmatched" | "document" | "approval" | "lot_expiry" | "late_count" | "dead_letter" | "paused_webhook" | "fault" | "device";
                    problem?: string;
                    /** @description Stands in the key or the detail. */
                    text?: string;
                    /** @description Came last at or after this time. */
                    since?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of exceptions */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Exception"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exceptions/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many exceptions are open, by kind, and what can be done about each kind */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Counts by kind */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExceptionSummary"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exceptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One exception, what can be done about it, and its history */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The exception, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExceptionDetail"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exceptions/{id}/body": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All bytes that were kept of what could not be read; none where nothing was */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The bytes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exceptions/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decides the same about many exceptions, with an answer for each
         * @description At most 1000 of them. `ignore` and `done` are one transaction; of the others, each exception has its own.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ExceptionDecisions"];
                };
            };
            responses: {
                /** @description What became of each */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ExceptionsDecided"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/exceptions/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decides about an exception: of two who do at once, the second learns who was first and changes nothing
         * @description Which actions an exception allows, `actions` says. `bind` gives the code a meaning at every site, and needs the permission code.bind at the exception's site besides.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ExceptionDecision"];
                };
            };
            responses: {
                /** @description The exception as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Exception"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/refused": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events that were not told, since they do not fit their schema; the newest first
         * @description Kept as long as events are. Those of no site are for who may read events at all sites.
         */
        get: {
            parameters: {
                query?: {
                    type?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of refused events */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["RefusedEvent"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/refused/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Judges a refused event by today's schema, and tells it if it fits */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is told like one that happens now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ResentEvent"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened, in the order of the commits, as CloudEvents
         * @description Numbers have no gaps, and nothing is ever added below a number that was given. With `after` from `next_after` a reader gets each event once. Whoever may read some sites only gets their events, and those that concern every site.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only events behind this number; without it, from the oldest that is kept. */
                    after?: number | null;
                    /** @description Without `after`: only what was recorded at or after this time. */
                    since?: string;
                    /** @description A type, or all of an area. */
                    type?: string;
                    /** @description The subject. */
                    key?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description When there is nothing, wait so long for it. */
                    wait_s?: number | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The next events */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventFeed"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where events are delivered to */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of webhooks */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Webhook"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Adds a webhook; it gets what happens from now on
         * @description Requests are signed as Standard Webhooks has it; docs/events.md shows how to verify them.
         */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            responses: {
                /** @description The webhook, and the secret that is shown only now */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AddedWebhook"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One webhook */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The webhook, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Ends a webhook, with all that waits for it */
        delete: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description It is gone */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /** Changes a webhook, pauses it or lets it go on */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookChange"];
                };
            };
            responses: {
                /** @description The webhook as it is now */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Webhook"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/webhooks/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a webhook a new secret; for a day the one before it signs too */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The secret, shown only now */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookSecret"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a webhook is, and what keeps it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description How far it is */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookStatus"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delivers again what happened behind a number, or from a time on */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookReplay"];
                };
            };
            responses: {
                /** @description From where it goes on */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookReplayed"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a target has refused: waiting for another try, or put aside */
        get: {
            parameters: {
                query?: {
                    state?: "waiting" | "dead";
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of deliveries, by number */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["WebhookDelivery"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries anew what was put aside */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WebhookRedeliver"];
                };
            };
            responses: {
                /** @description How many are tried anew */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookRedelivered"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recomputes the ledger's chains, postings, balances, tags and seals, and names the first row that disagrees
         * @description An answer looks at 200000 rows or for 5 s; `next_cursor` goes on, also behind a fault. With a site or epoch only its chain and postings are looked at.
         */
        get: {
            parameters: {
                query?: {
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description One opening of the site's store. */
                    epoch?: string;
                    /** @description From this sequence of the epoch on; the hash before it is believed. */
                    from_seq?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description What was found */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Verified"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the standing auditor is, and how its last full pass ended */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The state */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditState"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/seals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Seals, the newest first */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of seals, without their epochs */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["SealHead"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Seals the ledger as it is now; this is done once a day by itself */
        post: {
            parameters: {
                query?: never;
                header?: {
                    /** @description Your own name for this request, a random one for each. The same request again within 24 hours changes nothing and gets the first answer. */
                    "idempotency-key"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The new seal */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {number} */
                            v: 1;
                            number: number;
                            /** Format: date-time */
                            sealed_at: string;
                            /** @description The hash of the seal before; zeros in the first one. */
                            previous: string;
                            epochs: {
                                site: string;
                                epoch: string;
                                /** @description SHA-256, lower-case hexadecimal. */
                                start: string;
                                seq: number;
                                /** @description SHA-256, lower-case hexadecimal. */
                                hash: string;
                            }[];
                            /** @description SHA-256, lower-case hexadecimal. */
                            hash: string;
                            key_id: string;
                            /** @description Ed25519 over the hash, base64url. */
                            signature: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/seals/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One seal, as the offline checker reads it */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    number: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The seal */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Seal"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys that seals are signed with, the newest first */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A set of keys in the form of RFC 7517 and RFC 8037 */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            keys: components["schemas"]["SealKey"][];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what over the API, the newest first */
        get: {
            parameters: {
                query?: {
                    actor?: string;
                    resource?: string;
                    /** @description A site: one warehouse with one edge. */
                    site?: string;
                    /** @description At or after this time. */
                    since?: string;
                    /** @description Before this time. */
                    until?: string;
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of changes */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["AuditedChange"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who calls, and what they may do where */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The caller */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Me"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every client, by name */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of clients */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["Client"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Adds a client and makes its secret
         * @description It is in this answer and kept nowhere, so there is no idempotency key: the same request again is refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewClient"];
                };
            };
            responses: {
                /** @description The client and its secret */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ClientWithSecret"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One client */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description Is never given to anyone else. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The client, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Client"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Gives a client other grants, disables or enables it
         * @description Every process notices within 1 s or so.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    /** @description Is never given to anyone else. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ClientChange"];
                };
            };
            responses: {
                /** @description The client as it is now, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Client"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/clients/{name}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a new secret; what the old one opened has ended
         * @description It is in this answer and kept nowhere, so there is no idempotency key: the same request again is refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Is never given to anyone else. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The client and its new secret */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ClientWithSecret"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every user, by name */
        get: {
            parameters: {
                query?: {
                    /** @description Rows of a page. */
                    limit?: number;
                    /** @description `next_cursor` of the page before; without it, the list begins. */
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description A page of users */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: components["schemas"]["User"][];
                            /** @description Asks for the next page as `cursor`; null when there is none. */
                            next_cursor: string | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Adds a user and makes its password
         * @description It is in this answer and kept nowhere, so there is no idempotency key: the same request again is refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["NewUser"];
                };
            };
            responses: {
                /** @description The user and its password */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserWithSecret"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user */
        get: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the answer that the caller has. */
                    "if-none-match"?: string;
                };
                path: {
                    /** @description Is never given to anyone else. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The user, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Gives a user other grants, disables or enables it
         * @description Every process notices within 1 s or so.
         */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The ETag of the version that is to be changed; another one is refused. Without it, whatever there is. */
                    "if-match"?: string;
                };
                path: {
                    /** @description Is never given to anyone else. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserChange"];
                };
            };
            responses: {
                /** @description The user as it is now, with an ETag */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["User"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/users/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a new password; what the old one opened has ended
         * @description It is in this answer and kept nowhere, so there is no idempotency key: the same request again is refused.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description Is never given to anyone else. */
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The user and its new password */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UserWithSecret"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/metrics/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How much moved when, by event time */
        get: {
            parameters: {
                query?: {
                    /** @description Without it, an hour before `to`. */
                    from?: string;
                    /** @description Without it, now. */
                    to?: string;
                    /** @description Length of an interval; empty ones are left out. */
                    every?: string;
                    /** @description One series for each. Items beyond the first ones share the key `other`; what has no item has `none`. */
                    group_by?: "site" | "biz_step" | "item";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Series of sums */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MovementMetrics"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Server-sent events: one `change` for each commit that concerns a site
         * @description The id of an event is `site:version`; a site's versions are consecutive. Changes are not kept: whoever misses one reads the stock again.
         */
        get: {
            parameters: {
                query?: {
                    /** @description Only this site's changes. */
                    site?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description An endless stream; a comment now and then shows that it lives */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            /** @description A URN made from the code */
            type: string;
            /** @description What the code means, always the same */
            title: string;
            status: number;
            /** @description What exactly was refused this time, and what to do */
            detail: string;
            /** @enum {string} */
            code: "request.invalid" | "request.too_large" | "request.host" | "request.not_json" | "route.unknown" | "item.unknown" | "item.exists" | "item.changed" | "item.hierarchy" | "item.family" | "item.pack" | "item.counted" | "item.draft" | "import.faults" | "price.unknown" | "price.overlaps" | "price.unavailable" | "price.none" | "place.unknown" | "place.hierarchy" | "place.changed" | "read_point.taken" | "lot.expiry" | "lot.unknown" | "reorder_point.unknown" | "place.exists" | "site.unknown" | "site.keys_unavailable" | "movement.unknown" | "movement.reversed" | "movement.moved_on" | "movement.not_matchable" | "movement.not_reversible" | "stock.insufficient" | "item.no_code" | "reservation.unknown" | "reservation.ended" | "reservation.insufficient" | "reservation.of_document" | "reservation.policy" | "count.unknown" | "count.changed" | "count.state" | "count.empty" | "count.out_of_scope" | "count.incomplete" | "count.serial_needed" | "count.no_code" | "count.four_eyes" | "count.approval" | "count.observation_late" | "unit.unknown" | "unit.contents" | "document.unknown" | "document.exists" | "document.state" | "document.changed" | "document.line" | "document.item" | "document.unit" | "document.contents" | "document.not_shipped" | "document.short" | "document.over" | "document.none" | "document.unexpected" | "list.unknown" | "list.open" | "list.closed" | "exception.unknown" | "exception.changed" | "exception.resolved" | "exception.action" | "exception.remains" | "epoch.unknown" | "tag.unknown" | "seal.unknown" | "audit.fault" | "event.gone" | "event.unknown" | "event.refused" | "webhook.unknown" | "webhook.changed" | "webhook.url" | "webhook.too_many" | "webhook.dead_letter" | "webhook.paused" | "access.missing" | "access.invalid" | "access.denied" | "access.origin" | "access.changed" | "client.unknown" | "client.exists" | "user.unknown" | "user.exists" | "rate.limited" | "idempotency.reused" | "metrics.unavailable" | "stock.unavailable" | "internal" | "config.invalid" | "message.not_json" | "message.shape" | "message.too_large" | "message.version" | "message.no_tag" | "message.no_birth" | "device.unknown" | "store.unavailable" | "device.no_scanner" | "command.unknown" | "scan.place_first" | "scan.too_many" | "scan.forgotten" | "undo.nothing" | "undo.moved_on" | "device.exists" | "device.credentials" | "device.not_yours" | "device.too_fast" | "inbox.full" | "frame.too_long" | "frame.rubbish" | "reading.epc" | "movement.code_unknown" | "movement.meaningless" | "stock.shortage" | "crossing.doubtful" | "batch.unreadable" | "batch.chain" | "batch.epoch" | "batch.subject" | "epcis.document" | "epcis.event_type" | "epcis.event_shape" | "epcis.time" | "epcis.time_zone" | "epcis.vocabulary" | "epcis.identifier" | "epcis.quantity" | "epcis.what" | "epcis.prefix" | "code.empty" | "code.not_hex" | "code.symbology" | "code.epc_header" | "code.epc_length" | "code.epc_partition" | "code.epc_range" | "code.epc_padding" | "code.epc_uri" | "code.digital_link" | "code.unknown_ai" | "code.length" | "code.charset" | "code.check_digit" | "code.date" | "code.value" | "code.repeated" | "code.companions";
            /** @description Where in the request */
            at?: string;
            /** @description The request's id, to be found in the log */
            instance?: string;
            /** @description Each thing that is wrong, where there are several */
            faults?: {
                at: string;
                detail: string;
            }[];
        };
        /** @description Totals are those of the places listed, without the outsides; places with nothing at all are left out. */
        ItemStock: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            name: string;
            uom: string;
            /**
             * @description Physically there, in the item's smallest unit.
             * @example 42
             */
            on_hand: number;
            /**
             * @description Promised, still there; null as of a past time, since holds keep no history, and of a lot.
             * @example 0
             */
            reserved: number | null;
            /**
             * @description There, not to be promised; null as of a past time, since holds keep no history, and of a lot.
             * @example 0
             */
            blocked: number | null;
            /**
             * @description On hand − reserved − blocked; null as of a past time, since holds keep no history, and of a lot.
             * @example 42
             */
            available: number | null;
            /**
             * @description Left one place or site and not yet at the other: what went into transit less what came out of it. At one site that is its own account: below zero where more came from others than went to them. Null where a place is asked for.
             * @example 0
             */
            in_transit: number | null;
            places: components["schemas"]["PlaceStock"][];
        };
        PlaceStock: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            outside: boolean;
            /**
             * @description Physically there, in the item's smallest unit.
             * @example 42
             */
            on_hand: number;
            /**
             * @description Promised, still there; null as of a past time, since holds keep no history, and of a lot.
             * @example 0
             */
            reserved: number | null;
            /**
             * @description There, not to be promised; null as of a past time, since holds keep no history, and of a lot.
             * @example 0
             */
            blocked: number | null;
            /**
             * @description On hand − reserved − blocked; null as of a past time, since holds keep no history, and of a lot.
             * @example 42
             */
            available: number | null;
        };
        WhyPage: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            uom: string;
            /** @description In front of the first row of this page. */
            balance: number;
            items: components["schemas"]["Why"][];
            /** @description Asks for the next page as `cursor`; null when there is none. */
            next_cursor: string | null;
        };
        Why: {
            /** @description What this line added to the balance. */
            change: number;
            /** @description The balance with this line and all older ones. */
            balance: number;
            /** @description 0: posted with the movement; above: posted later. */
            line: number;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            from: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            from_site: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            to: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            to_site: string;
            quantity: number;
            /**
             * Format: date-time
             * @description When the line counts.
             * @example 2026-11-23T09:30:00.000Z
             */
            event_time: string;
            /**
             * Format: date-time
             * @description When the centre posted it.
             * @example 2026-11-23T09:30:00.000Z
             */
            record_time: string;
            /**
             * @description Why it was not posted with its movement's row. `bound`: its code was given to an item later. `late`: it came after a later one. `pack`: the movement is of packs, and this of the units in them.
             * @example pack
             * @enum {string|null}
             */
            why: "bound" | "late" | "pack" | null;
            /** @description The ledger had the thing elsewhere than the edge said, or the line mends what came too late. */
            posted_from_differs: boolean;
            /** @description What the line was posted from. */
            movement: {
                /**
                 * @description A site: one warehouse with one edge.
                 * @example lyon
                 */
                site: string;
                /**
                 * @description One opening of the site's store.
                 * @example 01939f6c2a7be4d1
                 */
                epoch: string;
                seq: number;
                code: string;
                /**
                 * @description Where the edge says it came from.
                 * @example dock-1
                 */
                said_from: string;
                /**
                 * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
                 * @example dock-1
                 */
                said_to: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                event_time: string;
                /**
                 * @description Business step, CBV 2.0.
                 * @enum {string}
                 */
                biz_step: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other";
                /**
                 * @description What the movement was concluded from.
                 * @enum {string}
                 */
                cause: "reading" | "scan" | "person" | "client" | "order" | "count";
                read_point: string;
                device: string;
                /** @description SHA-256, lower-case hexadecimal. */
                hash: string;
                trace_id: string;
                reverses: {
                    /**
                     * @description One opening of the site's store.
                     * @example 01939f6c2a7be4d1
                     */
                    epoch: string;
                    seq: number;
                } | null;
                /** @description All that the movement did to stock, this line included. */
                postings: components["schemas"]["PostedLine"][];
                note: components["schemas"]["MovementNote"];
                /** @description The lines of orders, notices, transfers and returns that it carried out. */
                documents: {
                    /**
                     * @description Its address.
                     * @example /v1/orders/…
                     */
                    document: string;
                    kind: string;
                    number: string;
                    line: number;
                    step: string;
                    quantity: number;
                    /** @description By which rule the movement was found to belong to it. */
                    why: string;
                }[];
            };
        };
        PostedLine: {
            /** @description 0: posted with the movement; above: posted later. */
            line: number;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            from: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            from_site: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            to: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            to_site: string;
            quantity: number;
        };
        /** @description Who caused a movement of the centre's own, why, and for which document. */
        MovementNote: {
            /**
             * @description Who caused it.
             * @example person:maria
             */
            actor: string;
            reason: string | null;
            /** @description The address of the document that it belongs to. */
            document: string | null;
        } | null;
        ImportReport: {
            lines: number;
            added: number;
            changed: number;
            unchanged: number;
            faulty: number;
            /** @description At most 1000 of them. */
            faults: {
                /** @description From 1, as an editor counts. */
                line: number;
                code: string;
                /** @description Where in the line. */
                at?: string;
                detail: string;
            }[];
            dry_run: boolean;
        };
        Item: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            name: string;
            description: string | null;
            /** @enum {string} */
            status: "draft" | "active" | "discontinued";
            /** @enum {string} */
            tracking: "none" | "lot" | "serial";
            uom: string;
            family: string | null;
            variant_by: string[] | null;
            attributes: {
                [key: string]: string;
            };
            /** @description With 14 digits. */
            gtins: string[];
            /** @description Further class keys: what all things of the class share. */
            codes: string[];
            packs: {
                pack: string;
                contains: number;
                of: string | null;
                /** @description How many units of the item are in it, through all smaller packs. */
                units: number;
                gtins: string[];
                codes: string[];
            }[];
            party_codes: {
                party: string;
                code: string;
            }[];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
        };
        NewItem: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            /** @example Oat drink 1 L */
            name: string;
            /** @example With calcium. */
            description?: string | null;
            /**
             * @description `draft`: known, not to be promised yet. `active`. `discontinued`: what there is may be sold off; nothing new is expected.
             * @example active
             * @enum {string}
             */
            status?: "draft" | "active" | "discontinued";
            /**
             * @description Whether its lots or its single things are told apart.
             * @example none
             * @enum {string}
             */
            tracking?: "none" | "lot" | "serial";
            /**
             * @description Unit of measure, UN/ECE Recommendation 20.
             * @example H87
             */
            uom?: string;
            /**
             * @description The family whose variant it is. Families have one level: a family is in no other.
             * @example null
             */
            family?: string | null;
            /**
             * @description Makes it a family: the attributes in which its variants differ. A family is no stock; only its variants are.
             * @example null
             */
            variant_by?: string[] | null;
            /**
             * @description Names and values. A variant has one for each name of its family's `variant_by`.
             * @example {
             *       "brand": "Oaty"
             *     }
             */
            attributes?: {
                [key: string]: string;
            };
            /**
             * @description GTIN-8, -12 (UPC), -13 (EAN) or -14; kept with 14 digits.
             * @default []
             * @example [
             *       "9506000134352"
             *     ]
             */
            gtins?: string[];
            /**
             * @description Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`. Of a code with a serial or lot, the class is kept.
             * @default []
             * @example [
             *       "code:OATS-OLD-LABEL"
             *     ]
             */
            codes?: string[];
            /**
             * @description Boxes of many units. A movement of a pack's code counts what is in it.
             * @default []
             * @example [
             *       {
             *         "pack": "case",
             *         "contains": 12,
             *         "gtins": [
             *           "19506000134359"
             *         ]
             *       }
             *     ]
             */
            packs?: {
                /** @example case */
                pack: string;
                /**
                 * @description How many of `of`, or units of the item, are in it. This never changes.
                 * @example 12
                 */
                contains: number;
                /**
                 * @description The smaller pack that it contains.
                 * @example null
                 */
                of?: string | null;
                /**
                 * @description GTIN-8, -12 (UPC), -13 (EAN) or -14; kept with 14 digits.
                 * @example [
                 *       "9506000134352"
                 *     ]
                 */
                gtins?: string[];
                /**
                 * @description Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`. Of a code with a serial or lot, the class is kept.
                 * @example [
                 *       "code:OATS-OLD-LABEL"
                 *     ]
                 */
                codes?: string[];
            }[];
            /**
             * @description What parties call it. No reader hears these.
             * @default []
             * @example [
             *       {
             *         "party": "supplier-7",
             *         "code": "4711"
             *       }
             *     ]
             */
            party_codes?: {
                /**
                 * @description Who calls it so: a supplier or customer.
                 * @example supplier-7
                 */
                party: string;
                /** @example 4711 */
                code: string;
            }[];
        };
        ItemChange: {
            /** @example Oat drink 1 L */
            name?: string;
            /** @example With calcium. */
            description?: string | null;
            /**
             * @description `draft`: known, not to be promised yet. `active`. `discontinued`: what there is may be sold off; nothing new is expected.
             * @example active
             * @enum {string}
             */
            status?: "draft" | "active" | "discontinued";
            /**
             * @description Whether its lots or its single things are told apart.
             * @example none
             * @enum {string}
             */
            tracking?: "none" | "lot" | "serial";
            /**
             * @description Unit of measure, UN/ECE Recommendation 20.
             * @example H87
             */
            uom?: string;
            /**
             * @description The family whose variant it is. Families have one level: a family is in no other.
             * @example null
             */
            family?: string | null;
            /**
             * @description Makes it a family: the attributes in which its variants differ. A family is no stock; only its variants are.
             * @example null
             */
            variant_by?: string[] | null;
            /**
             * @description Names and values. A variant has one for each name of its family's `variant_by`.
             * @example {
             *       "brand": "Oaty"
             *     }
             */
            attributes?: {
                [key: string]: string;
            };
            /**
             * @description GTIN-8, -12 (UPC), -13 (EAN) or -14; kept with 14 digits.
             * @example [
             *       "9506000134352"
             *     ]
             */
            add_gtins?: string[];
            /**
             * @description GTIN-8, -12 (UPC), -13 (EAN) or -14; kept with 14 digits.
             * @example [
             *       "9506000134376"
             *     ]
             */
            remove_gtins?: string[];
            /**
             * @description Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`. Of a code with a serial or lot, the class is kept.
             * @example [
             *       "code:OATS-OLD-LABEL"
             *     ]
             */
            add_codes?: string[];
            /**
             * @description Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`. Of a code with a serial or lot, the class is kept.
             * @example [
             *       "code:OATS-NEWER-LABEL"
             *     ]
             */
            remove_codes?: string[];
            /**
             * @description Boxes of many units. A movement of a pack's code counts what is in it.
             * @example [
             *       {
             *         "pack": "pallet",
             *         "contains": 40,
             *         "of": "case",
             *         "gtins": [
             *           "29506000134356"
             *         ]
             *       }
             *     ]
             */
            add_packs?: {
                /** @example case */
                pack: string;
                /**
                 * @description How many of `of`, or units of the item, are in it. This never changes.
                 * @example 12
                 */
                contains: number;
                /**
                 * @description The smaller pack that it contains.
                 * @example null
                 */
                of?: string | null;
                /**
                 * @description GTIN-8, -12 (UPC), -13 (EAN) or -14; kept with 14 digits.
                 * @example [
                 *       "9506000134352"
                 *     ]
                 */
                gtins?: string[];
                /**
                 * @description Other codes: as a scanner sends them, or as an exception names them, such as `epc:…` or `code:…`. Of a code with a serial or lot, the class is kept.
                 * @example [
                 *       "code:OATS-OLD-LABEL"
                 *     ]
                 */
                codes?: string[];
            }[];
            /**
             * @description Names of packs. Their codes go with them.
             * @example [
             *       "inner"
             *     ]
             */
            remove_packs?: string[];
            /**
             * @description What parties call it. No reader hears these.
             * @example [
             *       {
             *         "party": "supplier-7",
             *         "code": "4711"
             *       }
             *     ]
             */
            add_party_codes?: {
                /**
                 * @description Who calls it so: a supplier or customer.
                 * @example supplier-7
                 */
                party: string;
                /** @example 4711 */
                code: string;
            }[];
            /**
             * @description What parties call it. No reader hears these.
             * @example [
             *       {
             *         "party": "supplier-7",
             *         "code": "0815"
             *       }
             *     ]
             */
            remove_party_codes?: {
                /**
                 * @description Who calls it so: a supplier or customer.
                 * @example supplier-7
                 */
                party: string;
                /** @example 4711 */
                code: string;
            }[];
        };
        Quote: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            quantity: number;
            list: string;
            currency: string;
            /** @description Digits of the currency's minor unit. */
            exponent: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            at: string;
            /** @description Of one unit, in the currency's minor unit. */
            unit_amount: number;
            /** @description Of the quantity. */
            amount: number;
            /** @description Which pricing engine says so; `default` is the built-in one. */
            engine: string;
            why: string;
            price_id: number | null;
        };
        Price: {
            id: number;
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            list: string;
            currency: string;
            customer_group: string | null;
            quantity_from: number;
            amount: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            valid_from: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            valid_until: string | null;
        };
        NewPrice: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            /**
             * @description The price list.
             * @example standard
             */
            list: string;
            /**
             * @description ISO 4217.
             * @example EUR
             */
            currency: string;
            /**
             * @description Whom it is for; null for everyone.
             * @default null
             * @example null
             */
            customer_group?: string | null;
            /**
             * @description From how many units on it holds.
             * @default 1
             * @example 1
             */
            quantity_from?: number;
            /**
             * @description Of one unit, in the currency's minor unit: 249 is 2.49 EUR, and 249 JPY.
             * @example 249
             */
            amount: number;
            /**
             * @description From then on; null: always before.
             * @default null
             * @example 2026-01-01T00:00:00Z
             */
            valid_from?: string | null;
            /**
             * @description Up to then, and not at that moment any more; null: without an end.
             * @default null
             * @example null
             */
            valid_until?: string | null;
        };
        PriceChange: {
            /**
             * @description Of one unit, in the currency's minor unit: 249 is 2.49 EUR, and 249 JPY.
             * @example 249
             */
            amount?: number;
            /**
             * @description Up to then, and not at that moment any more; null: without an end.
             * @example null
             */
            valid_until?: string | null;
        };
        RecordedMovements: {
            movements: components["schemas"]["Movement"][];
        };
        Movement: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description One opening of the site's store.
             * @example 01939f6c2a7be4d1
             */
            epoch: string;
            /** @example 1 */
            seq: number;
            /**
             * @description What moved, in canonical form.
             * @example (01)09506000134352(21)S-1
             */
            code: string;
            /** @description The EPC as read, where a tag was read. */
            epc_hex: string | null;
            /**
             * @description The item that was posted; null where nothing was.
             * @example OAT-1L
             */
            sku: string | null;
            quantity: number;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            from: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            to: string;
            /**
             * @description Business step, CBV 2.0.
             * @enum {string}
             */
            biz_step: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other";
            /** @example dock-1/2 */
            read_point: string;
            /**
             * @description What the movement was concluded from.
             * @enum {string}
             */
            cause: "reading" | "scan" | "person" | "client" | "order" | "count";
            /**
             * Format: date-time
             * @description When it happened at the read point.
             * @example 2026-11-23T09:30:00.000Z
             */
            event_time: string;
            /**
             * Format: date-time
             * @description When the centre stored it.
             * @example 2026-11-23T09:30:00.000Z
             */
            record_time: string;
            /**
             * @description `held` waits for a person, who learns from `held_because` why. `posted`: the centre is done with it.
             * @enum {string}
             */
            state: "posted" | "held";
            /**
             * @description A problem code, such as code.date, code.value, code.repeated, code.companions.
             * @example movement.code_unknown
             */
            held_because: string | null;
            /** @description The exception with which a person put it right: the movements with this `document` took its place. */
            mended_by: string | null;
            /** @description The movement of this site that this one undoes. */
            reverses: {
                /**
                 * @description One opening of the site's store.
                 * @example 01939f6c2a7be4d1
                 */
                epoch: string;
                seq: number;
            } | null;
            /** @description SHA-256, lower-case hexadecimal. */
            hash: string;
            /** @description W3C trace id of everything that was done for it. */
            trace_id: string;
            note: components["schemas"]["MovementNote"] & unknown;
        };
        NewMovements: {
            /**
             * @default []
             * @example [
             *       {
             *         "site": "lyon",
             *         "sku": "OAT-1L",
             *         "quantity": 2,
             *         "from": "found",
             *         "to": "dock-2",
             *         "reason": "behind the shelf"
             *       }
             *     ]
             */
            movements?: components["schemas"]["NewMovement"][];
            /**
             * @description Recorded behind the movements; each needs a reason.
             * @default []
             * @example []
             */
            reversals?: components["schemas"]["Reversal"][];
            /**
             * @description Why; it is kept with the movement for ever.
             * @example found behind the shelf
             */
            reason?: string;
            /**
             * @description The document that it belongs to.
             * @example /v1/counts/1
             */
            document?: string;
            /**
             * @description Records what takes more than is there, or what is promised, too; needs a reason.
             * @default false
             * @example false
             */
            force?: boolean;
        };
        NewMovement: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description What moves: by exactly one of `sku`, `gtin` and `code`.
             * @example OAT-1L
             */
            sku?: string;
            /** @example 9506000134352 */
            gtin?: string;
            /**
             * @description Any code, as a scanner sends it or in canonical form.
             * @example (01)09506000134352
             */
            code?: string;
            /**
             * @description AI 10, with `sku` or `gtin`.
             * @example L-2041
             */
            lot?: string;
            /**
             * @description AI 21, with `sku` or `gtin`: one thing.
             * @example S-1
             */
            serial?: string;
            /**
             * @default 1
             * @example 1
             */
            quantity?: number;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example found
             */
            from: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            to: string;
            /**
             * @description Without it, what is usual between these accounts: `storing`, `receiving`, `shipping`, `cycle_counting`, …
             * @example cycle_counting
             * @enum {string}
             */
            biz_step?: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other";
            /**
             * @description Where it was seen, if anywhere.
             * @example dock-1/2
             */
            read_point?: string;
            /**
             * @description When it happened; without it, now. An earlier one changes what was, and never corrupts what is.
             * @example 2026-11-23T09:30:00Z
             */
            event_time?: string;
            /**
             * @description Why; it is kept with the movement for ever.
             * @example found behind the shelf
             */
            reason?: string;
        };
        Reversal: {
            /** @description Posts the exact opposite of this movement, once. */
            reverses: {
                /**
                 * @description A site: one warehouse with one edge.
                 * @example lyon
                 */
                site: string;
                /**
                 * @description One opening of the site's store.
                 * @example 01939f6c2a7be4d1
                 */
                epoch: string;
                seq: number;
            };
            /**
             * @description Why; it is kept with the movement for ever.
             * @example found behind the shelf
             */
            reason?: string;
        };
        MovementDetail: components["schemas"]["Movement"] & {
            /** @description What it did to the stock; empty where the thing was there already. */
            postings: components["schemas"]["Posting"][];
        };
        Posting: {
            /** @description 0: posted with the movement; above: posted later. */
            line: number;
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            from: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            from_site: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            to: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            to_site: string;
            quantity: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            event_time: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            record_time: string;
            /**
             * @description Why it was not posted with its movement's row. `bound`: its code was given to an item later. `late`: it came after a later one. `pack`: the movement is of packs, and this of the units in them.
             * @example pack
             * @enum {string|null}
             */
            why: "bound" | "late" | "pack" | null;
        };
        Tag: {
            /**
             * @description In canonical form: `(01)…(21)…`, `(00)…` or `epc:…`.
             * @example (01)09506000134352(21)S-1
             */
            code: string;
            /**
             * @description Null for a logistic unit.
             * @example OAT-1L
             */
            sku: string | null;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            /**
             * Format: date-time
             * @description When it came there.
             * @example 2026-11-23T09:30:00.000Z
             */
            since: string;
            /**
             * Format: date-time
             * @description The newest movement that says so.
             * @example 2026-11-23T09:30:00.000Z
             */
            last_seen: string;
        };
        TagDetail: components["schemas"]["Tag"] & {
            history: components["schemas"]["Stay"][];
            /** @description Asks for the next page as `cursor`; null when there is none. */
            next_cursor: string | null;
        };
        Stay: {
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            /**
             * @description Where it was taken from; null where it was there already.
             * @example dock-1
             */
            from: string | null;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            from_site: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            event_time: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            record_time: string;
            /**
             * @description Why it was not posted with its movement's row. `bound`: its code was given to an item later. `late`: it came after a later one. `pack`: the movement is of packs, and this of the units in them.
             * @example pack
             * @enum {string|null}
             */
            why: "bound" | "late" | "pack" | null;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description One opening of the site's store.
             * @example 01939f6c2a7be4d1
             */
            epoch: string;
            seq: number;
            /**
             * @description Business step, CBV 2.0.
             * @enum {string}
             */
            biz_step: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other";
            /**
             * @description What the movement was concluded from.
             * @enum {string}
             */
            cause: "reading" | "scan" | "person" | "client" | "order" | "count";
            read_point: string;
            /** @description SHA-256, lower-case hexadecimal. */
            hash: string;
            trace_id: string;
        };
        Unit: {
            /** @example 095060001343519998 */
            sscc: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description Where its contents were last taken to.
             * @example dock-1
             */
            place: string | null;
            contents: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description What its movements go by: of one thing, or of a class of things. */
                code: string;
                quantity: number;
            }[];
        };
        Packed: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description A place of a site: a zone, a dock or a bin.
             * @example dock-2
             */
            place: string;
            /**
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 24
             *       }
             *     ]
             */
            contents: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku?: string;
                gtin?: string;
                code?: string;
                serial?: string;
                lot?: string;
                /** @default 1 */
                quantity?: number;
            }[];
        };
        Unpacked: {
            /**
             * @description Without them, all.
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 24
             *       }
             *     ]
             */
            contents?: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku?: string;
                gtin?: string;
                code?: string;
                serial?: string;
                lot?: string;
                /** @default 1 */
                quantity?: number;
            }[];
        };
        Place: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /** @example dock-1 */
            code: string;
            name: string | null;
            /** @enum {string} */
            kind: "zone" | "dock" | "bin";
            /** @description The place that it stands in; null: at the top of the site. */
            parent: string | null;
            gln: string | null;
            gln_extension: string | null;
            available: boolean;
            read_points: {
                read_point: string;
                /**
                 * @description Business step, CBV 2.0.
                 * @enum {string|null}
                 */
                biz_step: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other" | null;
            }[];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
        };
        NewPlace: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description A place of a site: a zone, a dock or a bin.
             * @example dock-1
             */
            code: string;
            /** @example Dock 1 */
            name?: string;
            /**
             * @description Nothing stands in a bin.
             * @default zone
             * @example dock
             * @enum {string}
             */
            kind?: "zone" | "dock" | "bin";
            /**
             * @description The place that it stands in.
             * @example dock-2
             */
            parent?: string;
            /**
             * @description GLN, 13 digits.
             * @example 9506000134369
             */
            gln?: string;
            /**
             * @description What tells places of one GLN apart (AI 254).
             * @example D1
             */
            gln_extension?: string;
            /**
             * @description Whether what is here may be promised; if not, all of it is blocked.
             * @default true
             * @example true
             */
            available?: boolean;
            /**
             * @description Where devices observe: a device, or one antenna of it, and what is done there.
             * @example [
             *       {
             *         "read_point": "dock-1/1",
             *         "biz_step": "receiving"
             *       }
             *     ]
             */
            read_points?: {
                read_point: string;
                /**
                 * @description Business step, CBV 2.0.
                 * @default null
                 * @enum {string|null}
                 */
                biz_step?: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other" | null;
            }[];
        };
        PlaceChange: {
            /** @example Dock 1 */
            name?: string | null;
            /**
             * @description Nothing stands in a bin.
             * @example dock
             * @enum {string}
             */
            kind?: "zone" | "dock" | "bin";
            /**
             * @description A place of a site: a zone, a dock or a bin.
             * @example dock-2
             */
            parent?: string | null;
            /**
             * @description GLN, 13 digits.
             * @example 9506000134369
             */
            gln?: string | null;
            /**
             * @description What tells places of one GLN apart (AI 254).
             * @example D1
             */
            gln_extension?: string | null;
            /**
             * @description Whether what is here may be promised; if not, all of it is blocked.
             * @example true
             */
            available?: boolean;
            /**
             * @description Where devices observe: a device, or one antenna of it, and what is done there.
             * @example [
             *       {
             *         "read_point": "dock-1/1",
             *         "biz_step": "receiving"
             *       }
             *     ]
             */
            read_points?: {
                read_point: string;
                /**
                 * @description Business step, CBV 2.0.
                 * @default null
                 * @enum {string|null}
                 */
                biz_step?: "receiving" | "storing" | "picking" | "packing" | "unpacking" | "loading" | "unloading" | "shipping" | "departing" | "arriving" | "staging_outbound" | "cycle_counting" | "stock_taking" | "inspecting" | "destroying" | "commissioning" | "decommissioning" | "entering_exiting" | "other" | null;
            }[];
        };
        Lot: {
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            lot: string;
            /** @example 2027-03-01 */
            expires_on: string | null;
            /** @example 2027-03-01 */
            best_before_on: string | null;
            /** @example 2027-03-01 */
            manufactured_on: string | null;
            /** @enum {string} */
            status: "available" | "blocked";
            /** @description At the places listed, of what moved under a code with this lot. */
            on_hand: number;
            places: {
                /**
                 * @description A site: one warehouse with one edge.
                 * @example lyon
                 */
                site: string;
                /**
                 * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
                 * @example dock-1
                 */
                place: string;
                on_hand: number;
            }[];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
        };
        LotChange: {
            /**
             * Format: date
             * @description AI 17.
             * @example 2027-03-01
             */
            expires_on?: string | null;
            /**
             * Format: date
             * @description AI 15.
             * @example 2027-02-01
             */
            best_before_on?: string | null;
            /**
             * Format: date
             * @description AI 11.
             * @example 2026-11-01
             */
            manufactured_on?: string | null;
            /**
             * @description Of a blocked lot nothing is promised, wherever it is.
             * @example available
             * @enum {string}
             */
            status?: "available" | "blocked";
        };
        ReorderPoint: {
            /** @example 1 */
            id: number;
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            place: string | null;
            quantity: number;
            clear_above: number;
            order_quantity: number | null;
            /** @description At the site, or at the place and what stands in it, now. */
            available: number;
            /**
             * Format: date-time
             * @description Since when it is below, as it was told; null: it is not.
             * @example 2026-11-23T09:30:00.000Z
             */
            below_since: string | null;
        };
        SetReorderPoints: {
            items: components["schemas"]["ReorderPoint"][];
        };
        GivenReorderPoints: {
            /**
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "site": "lyon",
             *         "quantity": 10,
             *         "clear_above": 15,
             *         "order_quantity": 50
             *       }
             *     ]
             */
            items: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /**
                 * @description A site: one warehouse with one edge.
                 * @example lyon
                 */
                site: string;
                /**
                 * @description Of this place and what stands in it; without it, of the whole site.
                 * @example dock-2
                 */
                place?: string;
                /**
                 * @description Told once when no more than this is available: `stock.below_reorder_point`.
                 * @example 10
                 */
                quantity: number;
                /**
                 * @description Told again only after more than this was available in between; without it, the quantity itself.
                 * @example 15
                 */
                clear_above?: number;
                /**
                 * @description How much is usually ordered then.
                 * @example 50
                 */
                order_quantity?: number;
            }[];
        };
        Site: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /** @description One more at each commit that concerns the site. */
            version: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            first_heard: string;
            /**
             * @description `silent`: nothing for 20 s. `unheard`: nothing since this process began.
             * @enum {string}
             */
            link: "heard" | "silent" | "unheard";
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            last_heard: string | null;
            /** @description The site's clock ahead of the centre's, transport included. */
            clock_skew_ms: number | null;
            /** @description Movements at the site that the centre has not confirmed. */
            backlog: number | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            oldest_waiting: string | null;
            /** @description At the centre, about this site. */
            exceptions_open: number;
            /** @description At the site itself. */
            site_exceptions_open: number | null;
            alarms: string[];
            /** @description The newest first; the centre has every movement up to each cursor. */
            epochs: {
                /**
                 * @description One opening of the site's store.
                 * @example 01939f6c2a7be4d1
                 */
                epoch: string;
                cursor: number;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                opened_at: string;
            }[];
            devices: components["schemas"]["Device"][];
        };
        Device: {
            /** @example dock-1 */
            device: string;
            /** @example zebra-iotc */
            driver: string;
            /** @enum {string} */
            state: "connected" | "waiting" | "silent" | "failed";
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            last_heard: string | null;
            /** @description Since the edge began. */
            readings: number;
            /** @description Messages that could not be read, since the edge began. */
            refused: number;
            /** @description The device's clock ahead of the edge's. */
            clock_skew_ms: number | null;
        };
        SiteKey: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description The key's name, `U…`: it is revoked by this, and the servers log it.
             * @example UC2U6CWJ4HFGTVVRH5QXLGROTJ6U2YBBECHIFVT7HO5KYEZCQKCBBDXN
             */
            key: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            valid_until: string | null;
            /** @description The text of the file that `nats.credentials` of the site's edge.yaml names. Shown only now. */
            credentials: string;
        };
        NewSiteKey: {
            /**
             * Format: date-time
             * @description When the edge is refused. Without it the key is good until it is revoked.
             * @example 2099-12-31T00:00:00Z
             */
            valid_until?: string;
        };
        SiteDevice: components["schemas"]["Device"] & {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description Whether the site speaks. `silent`: nothing for 20 s, and the device is shown as it was then.
             * @enum {string}
             */
            site_link: "heard" | "silent";
            /**
             * Format: date-time
             * @description When the site last said how its devices are.
             * @example 2026-11-23T09:30:00.000Z
             */
            site_heard: string;
        };
        Reservation: {
            /**
             * Format: uuid
             * @example 019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9d11
             */
            id: string;
            /**
             * @description `held`, then once one of the others: `fulfilled` or `released` by what ended the last of it, `expired` by its time.
             * @enum {string}
             */
            state: "held" | "fulfilled" | "released" | "expired";
            /** @example one_place */
            policy: string;
            reference: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Null where the document that it is held for ends it.
             * @example 2026-11-23T09:30:00.000Z
             */
            expires_at: string | null;
            /** @description The id of the order or transfer that it is held for. */
            document: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            ended_at: string | null;
            lines: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description What was asked for. */
                quantity: number;
                /** @description What it keeps from others now. */
                held: number;
                fulfilled: number;
                released: number;
                holds: {
                    /**
                     * @description A site: one warehouse with one edge.
                     * @example lyon
                     */
                    site: string;
                    /**
                     * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
                     * @example dock-1
                     */
                    place: string;
                    /** @description What was asked for. */
                    quantity: number;
                    /** @description What it keeps from others now. */
                    held: number;
                    fulfilled: number;
                    released: number;
                }[];
            }[];
        };
        NewReservation: {
            /**
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 1
             *       }
             *     ]
             */
            lines: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @example 1 */
                quantity: number;
                /**
                 * @description Only at this site.
                 * @example lyon
                 */
                site?: string;
                /**
                 * @description Only at this place of the site.
                 * @example dock-2
                 */
                place?: string;
            }[];
            /**
             * @description From where it is held. `one_place`: each line at one place, the one that has the most of it; `fewest_places`: each line at as few places as hold it; `nearest`: each line from the sites given, in their order; within a site at as few places as hold it; `first_expiry`: each line from what expires first, wherever it is; nothing that has expired.
             * @default one_place
             * @enum {string}
             */
            policy?: "one_place" | "fewest_places" | "nearest" | "first_expiry";
            /**
             * @description For `nearest`: the sites to take from, the nearest first.
             * @default []
             * @example []
             */
            sites?: string[];
            /**
             * @description After so many seconds it ends by itself.
             * @default 900
             */
            expires_in_s?: number;
            /**
             * @description Your own word for it, such as an order's number. It need not be unique.
             * @example SO-4711
             */
            reference?: string;
        };
        BulkResult: {
            /** @description One for each reservation, in the order of the request. */
            results: {
                reservation?: components["schemas"]["Reservation"] & unknown;
                problem?: components["schemas"]["Problem"] & unknown;
            }[];
        };
        NewReservations: {
            /**
             * @example [
             *       {
             *         "lines": [
             *           {
             *             "sku": "OAT-1L",
             *             "quantity": 1
             *           }
             *         ]
             *       }
             *     ]
             */
            reservations: components["schemas"]["NewReservation"][];
        };
        /** @example {} */
        EndOfReservation: {
            /**
             * @description Only this much of it; without lines, all that it holds.
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 1
             *       }
             *     ]
             */
            lines?: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @example 1 */
                quantity: number;
                /**
                 * @description Only at this site.
                 * @example lyon
                 */
                site?: string;
                /**
                 * @description Only at this place of the site.
                 * @example dock-2
                 */
                place?: string;
            }[];
        };
        Order: {
            /**
             * Format: uuid
             * @description The document's id.
             * @example 019c3f1e-7a54-7bd1-9c7e-000000000100
             */
            id: string;
            /** @example SO-4711 */
            number: string;
            /**
             * @description `placed`: It is known; what is held for it is decided in the same moment. `backordered`: Some of it waits for stock. `reserved`: All of it is held. `picking`: Some of it has left its shelf. `picked`: All of it has left its shelf. `shipping`: Some of it has left the site. `shipped`: All of it has left the site. `closed`: Some of it was shipped, and the rest is not wanted any more. `cancelled`: Nothing of it was shipped, and nothing is wanted any more.
             * @enum {string}
             */
            state: "placed" | "backordered" | "reserved" | "picking" | "picked" | "shipping" | "shipped" | "closed" | "cancelled";
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            partner: string | null;
            reference: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            due_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description Since when nothing more is awaited.
             * @example 2026-11-23T09:30:00.000Z
             */
            ended_at: string | null;
            /** @description One more with each change. */
            version: number;
            lines: {
                /**
                 * @description Its number, from 1.
                 * @example 1
                 */
                line: number;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description What was asked for first. */
                asked: number;
                /** @description What is expected now. */
                quantity: number;
                lot: string | null;
                /** @description What is promised to it and has not left its shelf. */
                held: number;
                /** @description What waits for stock. */
                backordered: number;
                /** @description The only place that it is taken from, where there is one. */
                place: string | null;
                /** @description What has left its shelf. */
                picked: number;
                /** @description What has left the site. */
                shipped: number;
            }[];
        };
        NewOrder: {
            /**
             * @description Your own number, which no other of the kind has; without it, one of ours.
             * @example SO-4711
             */
            number?: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description Who it is with: a customer's or supplier's own short name.
             * @example acme
             */
            partner?: string;
            /**
             * @description A further word for it, such as the customer's own number. It need not be unique.
             * @example PO-99
             */
            reference?: string;
            /**
             * @description When it is to be done. Among those that wait, the earlier come first.
             * @example 2026-11-30T12:00:00Z
             */
            due_at?: string;
            /**
             * @description Where there is less than a line asks for. `refuse`: the whole is refused; `backorder`: what is missing waits for stock, and is held as soon as it comes; `partial`: the line is cut to what there is.
             * @default refuse
             * @example backorder
             * @enum {string}
             */
            when_short?: "refuse" | "backorder" | "partial";
            /**
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 1
             *       }
             *     ]
             */
            lines: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /**
                 * @description In the item's smallest unit.
                 * @example 1
                 */
                quantity: number;
                /**
                 * @description Only of this lot.
                 * @example L-24
                 */
                lot?: string;
                /**
                 * @description Only from this place of the site.
                 * @example dock-2
                 */
                place?: string;
            }[];
        };
        OrderChange: {
            /** @example acme */
            partner?: string | null;
            /** @example PO-100 */
            reference?: string | null;
            /** @example 2026-12-01T12:00:00Z */
            due_at?: string | null;
            /**
             * @description Where there is less than a line asks for. `refuse`: the whole is refused; `backorder`: what is missing waits for stock, and is held as soon as it comes; `partial`: the line is cut to what there is.
             * @default refuse
             * @example backorder
             * @enum {string}
             */
            when_short?: "refuse" | "backorder" | "partial";
            /**
             * @description Lines to change, by their numbers, or to add, by their SKUs. The others stay as they are; a quantity of 0 takes one out.
             * @example [
             *       {
             *         "line": 1,
             *         "quantity": 2
             *       }
             *     ]
             */
            lines?: {
                line?: number;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku?: string;
                quantity: number;
            }[];
        };
        Shipment: {
            /**
             * Format: uuid
             * @description The document's id.
             * @example 019c3f1e-7a54-7bd1-9c7e-000000000200
             */
            id: string;
            /** @example ASN-815 */
            number: string;
            /**
             * @description `announced`: It is on its way; nothing of it has come. `receiving`: Some of it has come. `received`: All that was announced has come, or more. `closed`: Nothing more is expected; what was missing or too much is with the exceptions. `cancelled`: It does not come, and nothing of it had come.
             * @enum {string}
             */
            state: "announced" | "receiving" | "received" | "closed" | "cancelled";
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            partner: string | null;
            reference: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            due_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description Since when nothing more is awaited.
             * @example 2026-11-23T09:30:00.000Z
             */
            ended_at: string | null;
            /** @description One more with each change. */
            version: number;
            lines: {
                /**
                 * @description Its number, from 1.
                 * @example 1
                 */
                line: number;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description What was asked for first. */
                asked: number;
                /** @description What is expected now. */
                quantity: number;
                lot: string | null;
                /** @description What has come. */
                received: number;
            }[];
        };
        NewShipment: {
            /**
             * @description Your own number, which no other of the kind has; without it, one of ours.
             * @example ASN-815
             */
            number?: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description Who it is with: a customer's or supplier's own short name.
             * @example acme
             */
            partner?: string;
            /**
             * @description A further word for it, such as the customer's own number. It need not be unique.
             * @example PO-99
             */
            reference?: string;
            /**
             * @description When it is to be done. Among those that wait, the earlier come first.
             * @example 2026-11-30T12:00:00Z
             */
            due_at?: string;
            /**
             * @description What is to come. Without lines, what is in the units; with both, they must be alike.
             * @default []
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 24
             *       }
             *     ]
             */
            lines?: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /**
                 * @description In the item's smallest unit.
                 * @example 1
                 */
                quantity: number;
                /**
                 * @description Only of this lot.
                 * @example L-24
                 */
                lot?: string;
                /**
                 * Format: date
                 * @description When the lot expires (AI 17). The lot has it from now on; another day than is known is refused.
                 * @example 2027-03-01
                 */
                expires_on?: string;
            }[];
            /**
             * @description Pallets, cases or totes with an SSCC, and what is in each.
             * @default []
             * @example [
             *       {
             *         "sscc": "095060001343519998",
             *         "contents": [
             *           {
             *             "sku": "OAT-1L",
             *             "quantity": 24
             *           }
             *         ]
             *       }
             *     ]
             */
            units?: {
                /**
                 * @description SSCC, 18 digits, with or without (00).
                 * @example 095060001343519998
                 */
                sscc: string;
                /** @default [] */
                contents?: {
                    /**
                     * @description Stock keeping unit: the item's own short name.
                     * @example OAT-1L
                     */
                    sku: string;
                    /**
                     * @description In the item's smallest unit.
                     * @example 1
                     */
                    quantity: number;
                    /**
                     * @description Only of this lot.
                     * @example L-24
                     */
                    lot?: string;
                    /**
                     * Format: date
                     * @description When the lot expires (AI 17). The lot has it from now on; another day than is known is refused.
                     * @example 2027-03-01
                     */
                    expires_on?: string;
                }[];
            }[];
        };
        ShipmentUnits: {
            items: {
                /** @example 095060001343519998 */
                sscc: string;
                contents: {
                    /**
                     * @description Stock keeping unit: the item's own short name.
                     * @example OAT-1L
                     */
                    sku: string;
                    quantity: number;
                }[];
            }[];
        };
        Transfer: {
            /**
             * Format: uuid
             * @description The document's id.
             * @example 019c3f1e-7a54-7bd1-9c7e-000000000300
             */
            id: string;
            /** @example TO-7 */
            number: string;
            /**
             * @description `planned`: It is known; what is held for it is decided in the same moment. `backordered`: Some of it waits for stock, since what had left was taken back and went elsewhere. `reserved`: All of it is held at the source. `leaving`: Some of it has left. `in_transit`: All of it has left, and nothing has arrived. `arriving`: Some of it has arrived. `received`: All of it has arrived. `closed`: Nothing more is expected; what was missing or too much is with the exceptions. `cancelled`: Nothing of it has left, and nothing will.
             * @enum {string}
             */
            state: "planned" | "backordered" | "reserved" | "leaving" | "in_transit" | "arriving" | "received" | "closed" | "cancelled";
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            partner: string | null;
            reference: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            due_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description Since when nothing more is awaited.
             * @example 2026-11-23T09:30:00.000Z
             */
            ended_at: string | null;
            /** @description One more with each change. */
            version: number;
            lines: {
                /**
                 * @description Its number, from 1.
                 * @example 1
                 */
                line: number;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description What was asked for first. */
                asked: number;
                /** @description What is expected now. */
                quantity: number;
                lot: string | null;
                /** @description What is promised to it and has not left its shelf. */
                held: number;
                /** @description What waits for stock. */
                backordered: number;
                /** @description The only place that it is taken from, where there is one. */
                place: string | null;
                to_place: string | null;
                /** @description What has left. */
                left: number;
                /** @description What has arrived. */
                received: number;
            }[];
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            to_site: string;
        };
        NewTransfer: {
            /**
             * @description Your own number, which no other of the kind has; without it, one of ours.
             * @example TO-7
             */
            number?: string;
            /**
             * @description The site that the goods leave.
             * @example lyon
             */
            site: string;
            /**
             * @description The site that they go to; without one, they go to another place of the same site.
             * @example lyon
             */
            to_site?: string;
            /**
             * @description Who it is with: a customer's or supplier's own short name.
             * @example acme
             */
            partner?: string;
            /**
             * @description A further word for it, such as the customer's own number. It need not be unique.
             * @example PO-99
             */
            reference?: string;
            /**
             * @description When it is to be done. Among those that wait, the earlier come first.
             * @example 2026-11-30T12:00:00Z
             */
            due_at?: string;
            /**
             * @description Where there is less than a line asks for. `refuse`: the whole is refused; `backorder`: what is missing waits for stock, and is held as soon as it comes; `partial`: the line is cut to what there is.
             * @default refuse
             * @example backorder
             * @enum {string}
             */
            when_short?: "refuse" | "backorder" | "partial";
            /**
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 1,
             *         "to_place": "dock-2"
             *       }
             *     ]
             */
            lines: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /**
                 * @description In the item's smallest unit.
                 * @example 1
                 */
                quantity: number;
                /**
                 * @description Only of this lot.
                 * @example L-24
                 */
                lot?: string;
                /**
                 * @description Only from this place of the site.
                 * @example dock-2
                 */
                place?: string;
                /**
                 * @description The place that they go to.
                 * @example dock-1
                 */
                to_place?: string;
            }[];
        };
        Return: {
            /**
             * Format: uuid
             * @description The document's id.
             * @example 019c3f1e-7a54-7bd1-9c7e-000000000400
             */
            id: string;
            /** @example RMA-12 */
            number: string;
            /**
             * @description `announced`: It is on its way back; nothing of it has come. `receiving`: Some of it has come back. `received`: All of it has come back; nothing is decided yet. `inspecting`: What became of some of it is decided. `inspected`: All of it has come back and is decided. `closed`: Nothing more is expected; what was missing or too much is with the exceptions. `cancelled`: It does not come back, and nothing of it had come.
             * @enum {string}
             */
            state: "announced" | "receiving" | "received" | "inspecting" | "inspected" | "closed" | "cancelled";
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            partner: string | null;
            reference: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            due_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description Since when nothing more is awaited.
             * @example 2026-11-23T09:30:00.000Z
             */
            ended_at: string | null;
            /** @description One more with each change. */
            version: number;
            lines: {
                /**
                 * @description Its number, from 1.
                 * @example 1
                 */
                line: number;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description What was asked for first. */
                asked: number;
                /** @description What is expected now. */
                quantity: number;
                lot: string | null;
                /** @description What has come back. */
                received: number;
                /** @description What was decided of. */
                inspected: number;
            }[];
            /** @description The id of the order that it was shipped for. */
            order: string | null;
        };
        NewReturn: {
            /**
             * @description Your own number, which no other of the kind has; without it, one of ours.
             * @example RMA-12
             */
            number?: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description The number of the order that the goods were shipped for; null for goods of no order.
             * @default null
             * @example null
             */
            order?: string | null;
            /**
             * @description Who it is with: a customer's or supplier's own short name.
             * @example acme
             */
            partner?: string;
            /**
             * @description A further word for it, such as the customer's own number. It need not be unique.
             * @example PO-99
             */
            reference?: string;
            /**
             * @description When it is to be done. Among those that wait, the earlier come first.
             * @example 2026-11-30T12:00:00Z
             */
            due_at?: string;
            /**
             * @example [
             *       {
             *         "sku": "OAT-1L",
             *         "quantity": 1
             *       }
             *     ]
             */
            lines: {
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /**
                 * @description In the item's smallest unit.
                 * @example 1
                 */
                quantity: number;
                /**
                 * @description Only of this lot.
                 * @example L-24
                 */
                lot?: string;
            }[];
        };
        InspectReturn: {
            /**
             * @example [
             *       {
             *         "line": 1,
             *         "quantity": 1,
             *         "result": "scrap",
             *         "from": "dock-2",
             *         "reason": "leaks"
             *       }
             *     ]
             */
            lines: {
                /** @description The number of the document's line. */
                line: number;
                quantity: number;
                /**
                 * @description `available`: it can be sold again, and goes to a place where it is available. `quarantine`: it goes to a place where nothing is available, until it is known what to do. `scrap`: it is destroyed, and leaves the stock.
                 * @enum {string}
                 */
                result: "available" | "quarantine" | "scrap";
                /**
                 * @description The place where the goods are inspected.
                 * @example dock-1
                 */
                from: string;
                /**
                 * @description The place that they go to; none for scrap.
                 * @example dock-1
                 */
                to?: string;
                /** @description Which thing it is, with a quantity of 1. */
                serial?: string;
                /** @example the customer called */
                reason?: string;
            }[];
        };
        ReturnInspections: {
            items: {
                line: number;
                quantity: number;
                /**
                 * @description `available`: it can be sold again, and goes to a place where it is available. `quarantine`: it goes to a place where nothing is available, until it is known what to do. `scrap`: it is destroyed, and leaves the stock.
                 * @enum {string}
                 */
                result: "available" | "quarantine" | "scrap";
                reason: string | null;
                actor: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                time: string;
            }[];
        };
        List: {
            /** Format: uuid */
            id: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            read_point: string | null;
            step: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            opened_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            closed_at: string | null;
            version: number;
            documents: {
                /** Format: uuid */
                id: string;
                /** @enum {string} */
                kind: "order" | "shipment" | "transfer" | "return";
                number: string;
                state: string;
            }[];
            /** @description What is still to be done, in walking order: by place. Empty once the list is closed. */
            lines: {
                /** Format: uuid */
                document: string;
                number: string;
                line: number;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description Where it is held; null where it is not. */
                place: string | null;
                /** @description What is still to be done of it there. */
                quantity: number;
            }[];
            /** @description What it came to when it was closed; null while it is open. */
            outcome: {
                short: {
                    /**
                     * @description Its address.
                     * @example /v1/orders/019c3f1e-7a54-7bd1-9c7e-000000000100
                     */
                    document: string;
                    line: number;
                    /**
                     * @description Stock keeping unit: the item's own short name.
                     * @example OAT-1L
                     */
                    sku: string;
                    expected: number;
                    found: number;
                }[];
                over: {
                    /**
                     * @description Its address.
                     * @example /v1/orders/019c3f1e-7a54-7bd1-9c7e-000000000100
                     */
                    document: string;
                    line: number;
                    /**
                     * @description Stock keeping unit: the item's own short name.
                     * @example OAT-1L
                     */
                    sku: string;
                    expected: number;
                    found: number;
                }[];
                unexpected: {
                    sku: string | null;
                    code: string;
                    quantity: number;
                }[];
            } | null;
        };
        NewList: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description What passes there in the list's step belongs to its documents while it is open. Without one, the list is a wave to pick.
             * @example dock-1
             */
            read_point?: string;
            /**
             * @description Business step, CBV 2.0: what is done there.
             * @example loading
             * @enum {string}
             */
            step: "picking" | "packing" | "staging_outbound" | "loading" | "shipping" | "departing" | "unloading" | "receiving" | "arriving";
            /**
             * @description The ids of its orders, shipments, transfers or returns.
             * @example [
             *       "019c3f1e-7a54-7bd1-9c7e-000000000100"
             *     ]
             */
            documents: string[];
        };
        CountAccuracy: {
            group: string;
            /** @description Items at places that were counted. */
            counted: number;
            /** @description Those of them that were as the ledger had them. */
            right: number;
            /**
             * @description right / counted.
             * @example 0.985
             */
            accuracy: number;
            units_expected: number;
            units_counted: number;
            /** @description Found and lost alike. */
            units_off: number;
            value_off: number;
            currency: string | null;
        };
        CountProposal: {
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            /** @description From 0 to 100; comparable within one answer. */
            score: number;
            /** @description The heaviest first. */
            reasons: string[];
            on_hand: number;
            /**
             * Format: date-time
             * @description When a count last proved it.
             * @example 2026-11-23T09:30:00.000Z
             */
            proven_at: string | null;
        };
        CountObservation: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description One opening of the site's store.
             * @example 01939f6c2a7be4d1
             */
            epoch: string;
            seq: number;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            code: string;
            quantity: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            event_time: string;
            read_point: string;
            session: string;
            /** @description The count that it belongs to. */
            count: string | null;
        };
        Count: {
            /** Format: uuid */
            id: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description `full`: a stock-taking. `cycle`: a part of the stock, now and again. They are counted alike.
             * @example cycle
             * @enum {string}
             */
            kind: "full" | "cycle";
            /**
             * @description `planned`: What is to be counted is known. The first that is counted starts it. `counting`: People and readers say what is there. `submitted`: All is counted; what differs by more than the limit waits for somebody else's approval. `rejected`: It is not believed: it is counted again, as a whole or in part, or given up. `approved`: Stock is being brought to what was counted, place by place. `posted`: As of each place's time, stock is what was counted; late movements are evened out by themselves up to the limit. `differing`: A late movement changed what was expected by more than the limit; evening it out waits for approval. `cancelled`: Nothing of it was posted, and nothing will be.
             * @enum {string}
             */
            state: "planned" | "counting" | "submitted" | "rejected" | "approved" | "posted" | "differing" | "cancelled";
            blind: boolean;
            name: string | null;
            /** @description Whatever is there is counted, not only some items. */
            all_items: boolean;
            /** @description Above any of these somebody who did not count must approve. Without it, the configured limits. */
            limits: {
                /** @description What may differ in all, in the currency's minor unit. */
                value?: number;
                /** @description By how many units a line may differ. */
                units?: number;
                /** @description By how much of what should be there. */
                percent?: number;
            };
            /** @description How many there are to be counted. */
            places: number;
            places_counted: number;
            places_left_out: number;
            places_posted: number;
            created_by: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            started_at: string | null;
            submitted_by: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            submitted_at: string | null;
            /** @description Null where nothing was above the limits. */
            approved_by: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            approved_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            posted_at: string | null;
            remark: string | null;
        };
        NewCount: {
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string;
            /**
             * @description `full`: a stock-taking. `cycle`: a part of the stock, now and again. They are counted alike.
             * @default cycle
             * @example cycle
             * @enum {string}
             */
            kind?: "full" | "cycle";
            /**
             * @description What should be there is in no answer until all is counted.
             * @default true
             */
            blind?: boolean;
            /** @example Aisle 3, November */
            name?: string;
            /**
             * @description Without places and zones, the whole site.
             * @example [
             *       "dock-2"
             *     ]
             */
            places?: string[];
            /**
             * @description Places with all that stands in them.
             * @example []
             */
            zones?: string[];
            /**
             * @description Only these items. Without it, whatever is there.
             * @example [
             *       "OAT-1L"
             *     ]
             */
            skus?: string[];
            /**
             * @description Above any of these somebody who did not count must approve. Without it, the configured limits.
             * @example {
             *       "units": 5
             *     }
             */
            limits?: {
                /** @description What may differ in all, in the currency's minor unit. */
                value?: number;
                /** @description By how many units a line may differ. */
                units?: number;
                /** @description By how much of what should be there. */
                percent?: number;
            };
            /**
             * Format: date-time
             * @description Takes what scanners and readers counted at these places since then, before the count was planned.
             * @example 2026-11-23T00:00:00Z
             */
            observed_since?: string;
        };
        CountPlace: {
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            /**
             * Format: date-time
             * @description The time as of which the count is the truth here.
             * @example 2026-11-23T09:30:00.000Z
             */
            counted_at: string | null;
            done: boolean;
            left_out: boolean;
            posted: boolean;
            entries: number;
        };
        CountEntry: {
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            code: string;
            lot: string | null;
            quantity: number;
            /** @description Units of the item that each of them is: what the pack has in it, or 1. */
            units: number;
            /** @description Who found it: a caller, or a device with its sweep. */
            counter: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            first_time: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            last_time: string;
        };
        CountLine: {
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            place: string;
            /**
             * @description Stock keeping unit: the item's own short name.
             * @example OAT-1L
             */
            sku: string;
            name: string;
            /**
             * Format: date-time
             * @description As of when it is compared.
             * @example 2026-11-23T09:30:00.000Z
             */
            counted_at: string;
            counted: number;
            /** @description Null while a blind count is not handed in. */
            expected: number | null;
            /** @description Null while a blind count is not handed in. */
            variance: number | null;
            /** @description By how much stock was adjusted for it. */
            adjusted: number;
            /** @description Of the variance, in the currency's minor unit; null without a price. */
            value: number | null;
            currency: string | null;
            /** @description Things that should be there and were not found. */
            missing: string[];
            /** @description Things that were found and should not be there. */
            unexpected: string[];
            /** @description Of what has no serial number: what differs, by lot where the item is tracked by lot. */
            lots: {
                lot: string | null;
                expected: number;
                counted: number;
            }[];
            /** @description Only serial numbers tell which things are missing: count it again by them. */
            needs_serials: boolean;
            reason: string | null;
        };
        /** @example {} */
        CountStart: Record<string, never>;
        NewCountEntries: {
            /**
             * @default []
             * @example [
             *       {
             *         "place": "dock-2",
             *         "sku": "OAT-1L",
             *         "quantity": 12
             *       }
             *     ]
             */
            entries?: {
                /**
                 * @description A place of a site: a zone, a dock or a bin.
                 * @example dock-1
                 */
                place: string;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku?: string;
                /** @description A scan, or a code as movements have it. It stands in place of the SKU. */
                code?: string;
                lot?: string;
                serial?: string;
                /**
                 * @description All of it that was found there.
                 * @default 1
                 */
                quantity?: number;
                /**
                 * Format: date-time
                 * @description Without it, now.
                 */
                counted_at?: string;
            }[];
            /**
             * @description Places of which all is counted, also where nothing was found.
             * @default []
             * @example [
             *       {
             *         "place": "dock-2"
             *       }
             *     ]
             */
            done?: {
                /**
                 * @description A place of a site: a zone, a dock or a bin.
                 * @example dock-1
                 */
                place: string;
                /** Format: date-time */
                counted_at?: string;
            }[];
        };
        CountRecount: {
            /**
             * @example [
             *       {
             *         "place": "dock-2"
             *       }
             *     ]
             */
            lines: {
                /**
                 * @description A place of a site: a zone, a dock or a bin.
                 * @example dock-1
                 */
                place: string;
                /**
                 * @description Without it, all of the place.
                 * @example OAT-1L
                 */
                sku?: string;
            }[];
        };
        /** @example {} */
        CountSubmission: {
            /**
             * @description Leaves out places that nobody has counted.
             * @default false
             */
            partial?: boolean;
        };
        CountCancellation: {
            /** @example the aisle is closed */
            remark?: string;
        };
        CountApproval: {
            /**
             * @description Lines without one have the reason `unknown`.
             * @default []
             * @example []
             */
            reasons?: {
                /**
                 * @description A place of a site: a zone, a dock or a bin.
                 * @example dock-1
                 */
                place: string;
                /**
                 * @description Stock keeping unit: the item's own short name.
                 * @example OAT-1L
                 */
                sku: string;
                /**
                 * @description Why stock differs.
                 * @example mispick
                 * @enum {string}
                 */
                reason: "damage" | "theft" | "mispick" | "misplaced" | "receiving_error" | "expired" | "unknown";
            }[];
            /** @example seen on the shelf */
            remark?: string;
        };
        CountRejection: {
            /** @example cannot be */
            remark: string;
        };
        Exception: {
            id: number;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string | null;
            /** @enum {string} */
            kind: "unknown_code" | "held_movement" | "unreadable" | "doubtful_crossing" | "shortage" | "unmatched" | "document" | "approval" | "lot_expiry" | "late_count" | "dead_letter" | "paused_webhook" | "fault" | "device";
            /**
             * @description A problem code, such as code.date, code.value, code.repeated, code.companions.
             * @example movement.code_unknown
             */
            problem: string;
            /** @description What the problem code means. */
            title: string;
            /** @description What it is about, such as the code that no item has. */
            key: string;
            detail: string;
            /** @description What can be done about it as it is. */
            actions: ("bind" | "mend" | "decide" | "match" | "resend" | "done" | "ignore")[];
            /** @description The beginning of what could not be read, base64. */
            body: string | null;
            /** @description The same as text, as far as it is text. */
            preview: string | null;
            /** @description Length of the whole. */
            body_bytes: number | null;
            /** @description How much of it is kept; less than the whole when that was larger than a message may be. */
            body_kept: number | null;
            /** @description How often it has come. */
            count: number;
            /**
             * @description `ignored`: its cause goes on, and nobody is to be asked again; it ends by itself, or is put right.
             * @example open
             * @enum {string}
             */
            state: "open" | "ignored" | "resolved";
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            first_time: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            last_time: string;
            /** @description The action that was taken, or `by_itself`; null while it is open. */
            resolution: string | null;
            /** @description Who decided; null where nobody did. */
            resolved_by: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            resolved_at: string | null;
            /** @description The reason that was given. */
            note: string | null;
        };
        ExceptionSummary: {
            open: number;
            kinds: {
                /** @enum {string} */
                kind: "unknown_code" | "held_movement" | "unreadable" | "doubtful_crossing" | "shortage" | "unmatched" | "document" | "approval" | "lot_expiry" | "late_count" | "dead_letter" | "paused_webhook" | "fault" | "device";
                open: number;
                meaning: string;
                actions: ("bind" | "mend" | "decide" | "match" | "resend" | "done" | "ignore")[];
            }[];
        };
        ExceptionDetail: components["schemas"]["Exception"] & {
            /** @description What an exception of this kind means. */
            meaning: string;
            /** @description Addresses of what it is about, such as reservations that are hurt. */
            related: string[];
            history: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                time: string;
                /** @description `opened`, `by_itself`, or the action that was taken. */
                what: string;
                by: string | null;
                note: string | null;
            }[];
        };
        ExceptionsDecided: {
            items: {
                id: number;
                /**
                 * @description Null where there is none.
                 * @example open
                 * @enum {string|null}
                 */
                state: "open" | "ignored" | "resolved" | null;
                /** @description Why nothing was done about this one. */
                problem: {
                    /**
                     * @description A problem code, such as code.date, code.value, code.repeated, code.companions.
                     * @example movement.code_unknown
                     */
                    code: string;
                    detail: string;
                } | null;
            }[];
            /** @description Whether the filter finds more than were taken: ask again. */
            more: boolean;
        };
        /**
         * @example {
         *       "ids": [
         *         900000003
         *       ],
         *       "decision": {
         *         "action": "ignore",
         *         "reason": "a test pallet"
         *       }
         *     }
         */
        ExceptionDecisions: {
            /**
             * @example [
             *       900000003
             *     ]
             */
            ids?: number[];
            /** @description Instead of `ids`: at most 1000 that are found, the oldest first. */
            filter?: {
                /**
                 * @default open
                 * @enum {string}
                 */
                state?: "open" | "ignored";
                /**
                 * @description A site: one warehouse with one edge.
                 * @example lyon
                 */
                site?: string;
                /**
                 * @example unknown_code
                 * @enum {string}
                 */
                kind?: "unknown_code" | "held_movement" | "unreadable" | "doubtful_crossing" | "shortage" | "unmatched" | "document" | "approval" | "lot_expiry" | "late_count" | "dead_letter" | "paused_webhook" | "fault" | "device";
                /** @example movement.code_unknown */
                problem?: string;
                /**
                 * @description Stands in the key or the detail.
                 * @example 095060
                 */
                text?: string;
                /**
                 * @description Came last at or after this time.
                 * @example 2020-01-01T00:00:00Z
                 */
                since?: string;
            };
            /**
             * @example {
             *       "action": "ignore",
             *       "reason": "a test pallet"
             *     }
             */
            decision: {
                /** @enum {string} */
                action: "ignore";
                /**
                 * @description Why; it is kept.
                 * @example a test pallet
                 */
                reason: string;
            } | {
                /** @enum {string} */
                action: "done";
                /**
                 * @description Why; it is kept.
                 * @example a test pallet
                 */
                reason: string;
            } | {
                /** @enum {string} */
                action: "bind";
                /**
                 * @description The item that has the code from now on.
                 * @example OAT-1L
                 */
                sku: string;
                /** @description The pack of the item that the code is of; without one, a single unit. */
                pack?: string;
                /**
                 * @description Why; it is kept.
                 * @example a test pallet
                 */
                reason?: string;
            } | {
                /** @enum {string} */
                action: "resend";
                /**
                 * @description Why; it is kept.
                 * @example a test pallet
                 */
                reason?: string;
            };
        };
        /**
         * @example {
         *       "action": "ignore",
         *       "reason": "a test pallet"
         *     }
         */
        ExceptionDecision: {
            /** @enum {string} */
            action: "ignore";
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason: string;
        } | {
            /** @enum {string} */
            action: "done";
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason: string;
        } | {
            /** @enum {string} */
            action: "bind";
            /**
             * @description The item that has the code from now on.
             * @example OAT-1L
             */
            sku: string;
            /** @description The pack of the item that the code is of; without one, a single unit. */
            pack?: string;
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason?: string;
        } | {
            /** @enum {string} */
            action: "resend";
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason?: string;
        } | {
            /** @enum {string} */
            action: "match";
            /**
             * Format: uuid
             * @description The order, shipment, transfer or return.
             */
            document: string;
            line: number;
            /** @description Of the exception's site; `related` leads to them. */
            movements: {
                /**
                 * @description One opening of the site's store.
                 * @example 01939f6c2a7be4d1
                 */
                epoch: string;
                seq: number;
            }[];
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason?: string;
        } | {
            /** @enum {string} */
            action: "mend";
            movements: components["schemas"]["NewMovement"][];
            /**
             * @description As of POST /v1/movements.
             * @default false
             * @example false
             */
            force?: boolean;
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason: string;
        } | {
            /** @enum {string} */
            action: "decide";
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            from: string;
            /**
             * @description A place of the site, or an outside: supplier, customer, loss, found, transit.
             * @example dock-1
             */
            to: string;
            event_time?: string;
            /**
             * @description As of POST /v1/movements.
             * @default false
             * @example false
             */
            force?: boolean;
            /**
             * @description Why; it is kept.
             * @example a test pallet
             */
            reason?: string;
        };
        RefusedEvent: {
            id: number;
            /**
             * Format: uuid
             * @description The id that the event has when it is told.
             */
            event_id: string;
            /** @example item.added */
            type: string;
            /** @example /v1/items/OAT-1L */
            subject: string;
            /**
             * @description A site: one warehouse with one edge.
             * @example lyon
             */
            site: string | null;
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T09:30:00.000Z
             */
            time: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            refused_at: string;
            /** @description What did not fit, and where in the data. */
            why: string;
            /** @description As they were to be told. */
            data?: unknown;
        };
        ResentEvent: {
            /**
             * Format: uuid
             * @description It is told under this id, with the next number.
             */
            event_id: string;
            type: string;
            subject: string;
        };
        EventFeed: {
            items: {
                /** @enum {string} */
                specversion: "1.0";
                /**
                 * Format: uuid
                 * @description The same at each repeat: whoever has seen it drops the event.
                 */
                id: string;
                /** @description This Tallygate, as `events.source` names it. */
                source: string;
                /** @example io.tallygate.order.placed.v1 */
                type: string;
                /** @description The address of what it is about. Events of one subject are in order. */
                subject: string;
                /**
                 * Format: date-time
                 * @description When it happened.
                 */
                time: string;
                /**
                 * Format: date-time
                 * @description When it got its number.
                 */
                recordedtime: string;
                /** @description 1, 2, 3 … without a gap, in the order of the commits; ordered as text too. */
                sequence: string;
                /** @description The site, where it is about one. */
                site?: string;
                /** @enum {string} */
                datacontenttype: "application/json";
                /** @description Names the JSON Schema of `data`. */
                dataschema: string;
                data: {
                    [key: string]: unknown;
                };
            }[];
            /** @description Ask again with this as `after`, also when there was nothing. */
            next_after: number;
            /** @description Whether there may be more to be had at once. */
            more: boolean;
            /** @description The number of the oldest event that is kept. */
            oldest: number;
        };
        Webhook: {
            /**
             * Format: uuid
             * @example 019c3f1e-7a54-7bd1-9c7e-0f6f7f2f9e01
             */
            id: string;
            url: string;
            description: string | null;
            types: string[] | null;
            sites: string[] | null;
            /**
             * @description `paused` by hand, by a target that answered nothing for long, or by one that answered 410. Nothing is lost meanwhile.
             * @enum {string}
             */
            state: "active" | "paused";
            paused_why: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            updated_at: string;
            version: number;
        };
        AddedWebhook: components["schemas"]["Webhook"] & {
            /**
             * @description Signs the requests; shown only now.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret: string;
        };
        NewWebhook: {
            /**
             * @description Where events are posted to: https, with a public address.
             * @example https://shop.example.com/tallygate
             */
            url: string;
            /**
             * @description For people.
             * @example The web shop
             */
            description?: string;
            /**
             * @description Types of events, or areas; null for all.
             * @default null
             * @example [
             *       "stock.changed",
             *       "order.*"
             *     ]
             */
            types?: string[] | null;
            /**
             * @description Only events of these sites, and those that concern every site; null for all.
             * @default null
             * @example [
             *       "lyon"
             *     ]
             */
            sites?: string[] | null;
        };
        WebhookChange: {
            /**
             * @description Where events are posted to: https, with a public address.
             * @example https://shop.example.com/tallygate
             */
            url?: string;
            /**
             * @description For people.
             * @example The web shop
             */
            description?: string | null;
            /**
             * @description Types of events, or areas; null for all.
             * @example [
             *       "stock.changed",
             *       "order.*"
             *     ]
             */
            types?: string[] | null;
            /**
             * @description Only events of these sites, and those that concern every site; null for all.
             * @example [
             *       "lyon"
             *     ]
             */
            sites?: string[] | null;
            /**
             * @description `paused` by hand, by a target that answered nothing for long, or by one that answered 410. Nothing is lost meanwhile.
             * @enum {string}
             */
            state?: "active" | "paused";
        };
        WebhookSecret: {
            /**
             * @description Signs the requests; shown only now.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret: string;
            /**
             * Format: date-time
             * @description Until then the secret before this one signs too.
             * @example 2026-11-23T09:30:00.000Z
             */
            former_valid_until: string;
        };
        WebhookStatus: {
            /** @description Every event up to this number was delivered, waits, or does not concern it. */
            position: number;
            /** @description The number of the newest event. */
            head: number;
            /** @description Deliveries that wait for another try, or behind one that does. */
            waiting: number;
            /** @description Deliveries that were put aside. */
            dead: number;
            /**
             * Format: date-time
             * @description Since when nothing was answered.
             * @example 2026-11-23T09:30:00.000Z
             */
            failing_since: string | null;
            failures: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            next_try_at: string | null;
            last_failure: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            last_success_at: string | null;
        };
        WebhookReplayed: {
            /** @description What is behind this number is delivered. */
            position: number;
        };
        /**
         * @example {
         *       "after": 0
         *     }
         */
        WebhookReplay: {
            /**
             * @description Deliver everything behind this number again.
             * @example 0
             */
            after?: number;
            /** @description Deliver everything recorded at or after this time again. */
            since?: string;
        };
        WebhookDelivery: {
            sequence: number;
            /** @description Null when the event is no longer kept. */
            event_id: string | null;
            type: string | null;
            subject: string;
            /** @enum {string} */
            state: "waiting" | "dead";
            tries: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            first_tried_at: string | null;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            next_try_at: string;
            last_status: number | null;
            last_failure: string | null;
        };
        WebhookRedelivered: {
            count: number;
        };
        /** @example {} */
        WebhookRedeliver: {
            /** @description Which; without them, all that were put aside. */
            sequences?: number[];
        };
        Verified: {
            /** @description Whether what was looked at agrees. */
            ok: boolean;
            /** @description Whether all that was asked for was looked at. */
            done: boolean;
            /** @description How much was looked at. */
            checked: {
                epochs: number;
                movements: number;
                further_postings: number;
                items: number;
                balances: number;
                tags: number;
                seals: number;
            };
            first_fault: {
                /** @enum {string} */
                kind: "altered" | "missing" | "inserted" | "swapped" | "balance" | "tag" | "cursor" | "seal";
                /**
                 * @description A site: one warehouse with one edge.
                 * @example lyon
                 */
                site: string | null;
                /**
                 * @description One opening of the site's store.
                 * @example 01939f6c2a7be4d1
                 */
                epoch: string | null;
                seq: number | null;
                detail: string;
            } | null;
            /** @description Asks for the next page as `cursor`; null when there is none. */
            next_cursor: string | null;
        };
        AuditState: {
            /**
             * Format: date-time
             * @description Null between two passes.
             * @example 2026-11-23T09:30:00.000Z
             */
            pass_began: string | null;
            /** @description chain, balances, tags or seals. */
            phase: string | null;
            checked: {
                epochs: number;
                movements: number;
                further_postings: number;
                items: number;
                balances: number;
                tags: number;
                seals: number;
            } | null;
            /** @description Found by this pass; each is an exception `audit.fault`. */
            faults: number;
            last_full_pass: {
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                began: string;
                /**
                 * Format: date-time
                 * @description RFC 3339, UTC.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                ended: string;
                checked: {
                    epochs: number;
                    movements: number;
                    further_postings: number;
                    items: number;
                    balances: number;
                    tags: number;
                    seals: number;
                };
                faults: number;
            } | null;
        };
        SealHead: {
            /** @enum {number} */
            v: 1;
            number: number;
            /** Format: date-time */
            sealed_at: string;
            /** @description The hash of the seal before; zeros in the first one. */
            previous: string;
            /** @description SHA-256, lower-case hexadecimal. */
            hash: string;
            key_id: string;
            /** @description Ed25519 over the hash, base64url. */
            signature: string;
            epoch_count: number;
        };
        Seal: {
            /** @enum {number} */
            v: 1;
            number: number;
            /** Format: date-time */
            sealed_at: string;
            /** @description The hash of the seal before; zeros in the first one. */
            previous: string;
            epochs: {
                site: string;
                epoch: string;
                /** @description SHA-256, lower-case hexadecimal. */
                start: string;
                seq: number;
                /** @description SHA-256, lower-case hexadecimal. */
                hash: string;
            }[];
            /** @description SHA-256, lower-case hexadecimal. */
            hash: string;
            key_id: string;
            /** @description Ed25519 over the hash, base64url. */
            signature: string;
        };
        SealKey: {
            /** @enum {string} */
            kty: "OKP";
            /** @enum {string} */
            crv: "Ed25519";
            x: string;
            kid: string;
        };
        AuditedChange: {
            id: number;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            time: string;
            /**
             * @description `person:`, `client:` and a name; `shell` at the command line.
             * @example client:web-shop
             */
            actor: string;
            /** @example item.add */
            action: string;
            /**
             * @description The address of what was changed.
             * @example /v1/items/OAT-1L
             */
            resource: string;
            /**
             * @description Null for what concerns several sites or none.
             * @example lyon
             */
            site: string | null;
            /** @description What it was, as far as the change touched it; null where there was nothing. */
            before?: unknown;
            /** @description What it is now; null where there is nothing, or a secret. */
            after?: unknown;
        };
        Me: {
            /** @enum {string} */
            kind: "client" | "person";
            /** @example web-shop */
            id: string;
            grants: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
            /** @description By permission, the sites where it holds; those that hold nowhere are left out. */
            permissions: {
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "stock.read"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "catalogue.read"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "document.read"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "exception.read"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "event.read"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "audit.read"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "audit.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "movement.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "document.work"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "count.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "count.approve"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "exception.resolve"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "code.bind"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "reservation.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "document.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "place.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "catalogue.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "event.write"?: "all" | string[];
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                "access.write"?: "all" | string[];
            };
        };
        Client: {
            /**
             * @description Is never given to anyone else.
             * @example web-shop
             */
            name: string;
            grants: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            disabled_at: string | null;
            /**
             * Format: date-time
             * @description Until when no password is looked at, after wrong ones.
             * @example 2026-11-23T09:30:00.000Z
             */
            locked_until: string | null;
        };
        ClientWithSecret: components["schemas"]["Client"] & {
            /** @description The secret, shown only now. */
            secret: string;
        };
        NewClient: {
            /**
             * @description Is never given to anyone else.
             * @example web-shop
             */
            name: string;
            /**
             * @description What it may do, and where; all of it, in place of what was.
             * @default []
             * @example [
             *       {
             *         "role": "viewer",
             *         "sites": [
             *           "lyon"
             *         ]
             *       }
             *     ]
             */
            grants?: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
        };
        ClientChange: {
            /**
             * @description What it may do, and where; all of it, in place of what was.
             * @example [
             *       {
             *         "role": "viewer",
             *         "sites": [
             *           "lyon"
             *         ]
             *       }
             *     ]
             */
            grants?: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
            /** @example false */
            disabled?: boolean;
        };
        User: {
            /**
             * @description Is never given to anyone else.
             * @example web-shop
             */
            name: string;
            grants: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            disabled_at: string | null;
            /**
             * Format: date-time
             * @description Until when no password is looked at, after wrong ones.
             * @example 2026-11-23T09:30:00.000Z
             */
            locked_until: string | null;
        };
        UserWithSecret: components["schemas"]["User"] & {
            /** @description The password, shown only now. */
            secret: string;
        };
        NewUser: {
            /**
             * @description Is never given to anyone else.
             * @example web-shop
             */
            name: string;
            /**
             * @description What it may do, and where; all of it, in place of what was.
             * @default []
             * @example [
             *       {
             *         "role": "viewer",
             *         "sites": [
             *           "lyon"
             *         ]
             *       }
             *     ]
             */
            grants?: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
        };
        UserChange: {
            /**
             * @description What it may do, and where; all of it, in place of what was.
             * @example [
             *       {
             *         "role": "viewer",
             *         "sites": [
             *           "lyon"
             *         ]
             *       }
             *     ]
             */
            grants?: {
                /**
                 * @example viewer
                 * @enum {string}
                 */
                role: "viewer" | "operator" | "site_manager" | "integrator" | "auditor" | "admin";
                /**
                 * @description Their names, or `all`, which covers those that are yet to come.
                 * @example [
                 *       "lyon"
                 *     ]
                 */
                sites: "all" | string[];
            }[];
            /** @example false */
            disabled?: boolean;
        };
        MovementMetrics: {
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            from: string;
            /**
             * Format: date-time
             * @description RFC 3339, UTC.
             * @example 2026-11-23T09:30:00.000Z
             */
            to: string;
            every: string;
            series: components["schemas"]["Series"][];
        };
        Series: {
            /**
             * @description The site, step or SKU; null where all is one series.
             * @example lyon
             */
            key: string | null;
            points: {
                /**
                 * Format: date-time
                 * @description Beginning of the interval.
                 * @example 2026-11-23T09:30:00.000Z
                 */
                time: string;
                movements: number;
                quantity: number;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
