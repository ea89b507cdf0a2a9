/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_ENV_H
#define IKE_ENV_H

#include "auth.h"
#include "model.h"

/* Between whom a message travels. Our port 4500 carries the non-ESP marker,
 * which the sockets add and take off.
 */
struct ike_path {
	struct ipsec_addr local;
	struct ipsec_addr remote;
	uint16_t local_port;
	uint16_t remote_port;
};

bool ike_path_equal(const struct ike_path *a, const struct ike_path *b);
/* "10.0.0.1 -> 10.0.0.2:4500" */
#define IKE_PATH_STRLEN 112
const char *ike_path_text(const struct ike_path *path, char *buf, size_t size);

/*
 * The driver, or a fake of it. All calls end before they return; 0 or a
 * negative errno with the driver's own text in err.
 */
struct ike_driver {
	/* An SPI of ours that nobody else has; slot 0: none in particular. */
	int (*get_spi)(void *ctx, enum ipsecdrv_proto proto,
		       const struct ipsec_addr *local, uint32_t slot,
		       uint32_t *spi, struct ipsec_err *err);
	/* sa->id and sa->slot are set. */
	int (*sa_add)(void *ctx, struct ipsec_sa *sa, struct ipsec_err *err);
	int (*sa_update)(void *ctx, const struct ipsec_sa *sa,
			 struct ipsec_err *err);
	int (*sa_del)(void *ctx, uint32_t id, struct ipsec_err *err);
	/* -ENOENT: it is gone. */
	int (*sa_get)(void *ctx, uint32_t id, struct ipsec_sa *sa,
		      struct ipsec_err *err);
	/* Every pair, larval and soft ones too. */
	int (*sa_dump)(void *ctx,
		       void (*fn)(void *arg, const struct ipsec_sa *sa),
		       void *arg, struct ipsec_err *err);
	int (*acquire_dump)(void *ctx,
			    void (*fn)(void *arg,
				       const struct ipsec_acquire *acquire),
			    void *arg, struct ipsec_err *err);
	int (*refuse)(void *ctx, uint32_t slot,
		      enum ipsecdrv_refuse_reason reason, bool soft,
		      struct ipsec_err *err);
	/* Of the default response: as policy_response_filter() makes it. */
	int (*filter_add)(void *ctx, const struct ipsec_filter *filter,
			  struct ipsec_err *err);
	int (*filter_del)(void *ctx, uint32_t id, struct ipsec_err *err);
	int (*soft_dump)(void *ctx,
			 void (*fn)(void *arg, const struct ipsec_soft *soft),
			 void *arg, struct ipsec_err *err);
};

enum ike_log_level {
	IKE_LOG_ERROR, /* what an administrator must do something about */
	IKE_LOG_NOTICE, /* a negotiation's outcome, an SA's birth and end */
	IKE_LOG_INFO, /* its steps */
	IKE_LOG_DEBUG, /* messages and payloads */
};

/* What becomes of an SA. */
enum ike_action {
	IKE_BEGIN, /* a negotiation for it */
	IKE_MADE,
	IKE_REKEYED, /* made, in place of another */
	IKE_FAILED, /* the negotiation */
	IKE_ENDED,
	IKE_ACTIONS,
};

/* What an event tells beside a line of the log; 0 is what is not known. */
struct ike_told {
	enum ike_action action;
	bool child; /* a Child SA or quick-mode SA, not an IKE SA */
	bool initiator;
	unsigned int version;
	struct ike_path path;
	uint8_t spi_i[IKE_SPI_LEN];
	uint8_t spi_r[IKE_SPI_LEN];
	/* of a child */
	uint32_t pair; /* of the driver */
	enum ipsecdrv_proto proto; /* the innermost, and its SPIs */
	uint32_t spi_in;
	uint32_t spi_out;
	enum ipsecdrv_mode mode;
};

/*
 * One line of the log. The lines of one negotiation have one number, so that
 * they read as one story.
 */
struct ike_record {
	enum ike_log_level level;
	uint64_t story; /* 0: of no negotiation */
	bool last; /* the story ends here */
	const char *peer; /* "" or address and identity */
	const char *rule; /* "" or its name */
	const char *text;
	const struct ike_told *told; /* NULL: a line of the log only */
	const char *reason; /* "" or why it failed or ended */
};

enum ike_keylog {
	IKE_KEYLOG_IKEV2, /* ikev2_decryption_table of Wireshark */
	IKE_KEYLOG_IKEV1, /* ikev1_decryption_table */
	IKE_KEYLOG_ESP, /* esp_sa */
	IKE_KEYLOG_KINDS,
};

/* How the engine reaches the world. Nothing here calls back into the engine. */
struct ike_env {
	void *ctx; /* given to every function, the driver's too */
	uint64_t (*now)(void *ctx); /* ms, never goes back */
	int64_t (*wall)(void *ctx); /* s since 1970 */
	int (*random)(void *ctx, void *buf, size_t len);
	/* A message of one byte, 0xff, is a NAT keepalive: without marker. */
	void (*send)(void *ctx, const struct ike_path *path, const void *msg,
		     size_t len);
	void (*log)(void *ctx, const struct ike_record *record);
	bool listens; /* events of every level are wanted, not the log's alone */
	/* NULL: keys are never written. */
	void (*keylog)(void *ctx, enum ike_keylog kind, const char *line);
	/*
	 * Starts to fetch; ike_engine_ocsp() brings the answer. NULL: nothing
	 * can be fetched.
	 */
	int (*ocsp)(void *ctx, uint32_t id, const struct ike_ocsp *ocsp);
	struct ike_driver driver;
};

#endif
