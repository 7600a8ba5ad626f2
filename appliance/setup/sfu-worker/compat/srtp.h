// The part of libsrtp 3's interface that mediasoup-worker uses, on Debian's libsrtp 2. Found before libsrtp's own
// <srtp.h>.
//
// Two things differ: in libsrtp 3 a policy is an opaque object filled by setters, and packets are (un)protected from one
// buffer into another, where libsrtp 2 works in place and lets the packet grow at its end.
#pragma once

#include <srtp2/srtp.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// libsrtp 3's error codes that libsrtp 2 has not, past the range of its own. mediasoup keys its messages by them.
#define srtp_err_status_buffer_small static_cast<srtp_err_status_t>(128)
#define srtp_err_status_cryptex_err static_cast<srtp_err_status_t>(129)

namespace srtp3
{
	struct Policy
	{
		::srtp_policy_t v2;
		uint8_t key[SRTP_MAX_KEY_LEN]; // master key, then salt: v2.key points here
	};

	inline srtp_err_status_t createPolicy(Policy** policy)
	{
		*policy = new (std::nothrow) Policy(); // with (): all zero, as libsrtp 2 expects

		return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
	}

	inline void destroyPolicy(Policy* policy)
	{
		if (!policy)
		{
			return;
		}

		// Leave no key in freed memory; volatile, or the compiler drops the writes.
		volatile uint8_t* byte = policy->key;

		for (size_t i = 0; i < sizeof(policy->key); ++i)
		{
			byte[i] = 0;
		}

		delete policy;
	}

	inline srtp_err_status_t setSsrc(Policy* policy, srtp_ssrc_t ssrc)
	{
		policy->v2.ssrc = ssrc;

		return srtp_err_status_ok;
	}

	inline srtp_err_status_t setProfile(Policy* policy, srtp_profile_t profile)
	{
		const srtp_err_status_t status =
		  srtp_crypto_policy_set_from_profile_for_rtp(&policy->v2.rtp, profile);

		if (status != srtp_err_status_ok)
		{
			return status;
		}

		// RFC 5764, 4.1.2: SRTCP has the 80 bit tag in every profile. libsrtp 2 knows.
		return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->v2.rtcp, profile);
	}

	inline srtp_err_status_t addKey(
	  Policy* policy,
	  const uint8_t* key,
	  size_t keyLength,
	  const uint8_t* salt,
	  size_t saltLength,
	  const uint8_t* /*mki*/,
	  size_t mkiLength)
	{
		// mediasoup uses no master key identifiers.
		if (mkiLength != 0 || keyLength + saltLength > sizeof(policy->key))
		{
			return srtp_err_status_bad_param;
		}

		std::memcpy(policy->key, key, keyLength);
		std::memcpy(policy->key + keyLength, salt, saltLength);
		policy->v2.key = policy->key;

		return srtp_err_status_ok;
	}

	inline srtp_err_status_t setAllowRepeatTx(Policy* policy, bool allow)
	{
		policy->v2.allow_repeat_tx = allow ? 1 : 0;

		return srtp_err_status_ok;
	}

	inline srtp_err_status_t setWindowSize(Policy* policy, size_t packets)
	{
		policy->v2.window_size = static_cast<unsigned long>(packets);

		return srtp_err_status_ok;
	}

	inline srtp_err_status_t createSession(srtp_t* session, Policy* policy)
	{
		return ::srtp_create(session, &policy->v2); // copies policy and key
	}

	// Copies the packet to where the result is wanted, and has libsrtp 2 work there. `growth`: by how much it may grow.
	template<typename Work>
	inline srtp_err_status_t work(
	  Work inPlace, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t growth)
	{
		if (inLength > static_cast<size_t>(INT_MAX) - growth)
		{
			return srtp_err_status_bad_param;
		}

		if (inLength + growth > *outLength)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLength);
		}

		int length = static_cast<int>(inLength);
		const srtp_err_status_t status = inPlace(out, &length);

		if (status == srtp_err_status_ok)
		{
			*outLength = static_cast<size_t>(length);
		}

		return status;
	}

	inline srtp_err_status_t protect(
	  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mkiIndex*/)
	{
		const auto inPlace = [session](void* packet, int* length)
		{ return ::srtp_protect(session, packet, length); };

		return work(inPlace, in, inLength, out, outLength, SRTP_MAX_TRAILER_LEN);
	}

	inline srtp_err_status_t protectRtcp(
	  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength, size_t /*mkiIndex*/)
	{
		const auto inPlace = [session](void* packet, int* length)
		{ return ::srtp_protect_rtcp(session, packet, length); };

		// Four more than RTP: the SRTCP index (RFC 3711, 3.4).
		return work(inPlace, in, inLength, out, outLength, SRTP_MAX_TRAILER_LEN + 4);
	}

	inline srtp_err_status_t unprotect(
	  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
	{
		const auto inPlace = [session](void* packet, int* length)
		{ return ::srtp_unprotect(session, packet, length); };

		return work(inPlace, in, inLength, out, outLength, 0);
	}

	inline srtp_err_status_t unprotectRtcp(
	  srtp_t session, const uint8_t* in, size_t inLength, uint8_t* out, size_t* outLength)
	{
		const auto inPlace = [session](void* packet, int* length)
		{ return ::srtp_unprotect_rtcp(session, packet, length); };

		return work(inPlace, in, inLength, out, outLength, 0);
	}

	inline srtp_err_status_t removeStream(srtp_t session, uint32_t ssrc)
	{
		return ::srtp_remove_stream(session, ssrc); // network byte order in both
	}
} // namespace srtp3

// From here on libsrtp 3's names mean the functions above.
#define srtp_policy_t srtp3::Policy*
#define srtp_policy_create srtp3::createPolicy
#define srtp_policy_destroy srtp3::destroyPolicy
#define srtp_policy_set_ssrc srtp3::setSsrc
#define srtp_policy_set_profile srtp3::setProfile
#define srtp_policy_add_key srtp3::addKey
#define srtp_policy_set_allow_repeat_tx srtp3::setAllowRepeatTx
#define srtp_policy_set_window_size srtp3::setWindowSize
#define srtp_create srtp3::createSession
#define srtp_protect srtp3::protect
#define srtp_protect_rtcp srtp3::protectRtcp
#define srtp_unprotect srtp3::unprotect
#define srtp_unprotect_rtcp srtp3::unprotectRtcp
#define srtp_stream_remove srtp3::removeStream
