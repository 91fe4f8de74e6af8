// What is wrong with a certificate of ours, as far as we can see it from here.
#ifndef COMITY_CLIENT_API_CERTIFICATE_H_
#define COMITY_CLIENT_API_CERTIFICATE_H_

#include <string>

#include "absl/time/time.h"

namespace comity::client {

// Of the PEM file `certificate` (others of its chain may follow in it) under the authorities in the
// PEM file `ca`: CERTIFICATE_UNREADABLE, CERTIFICATE_EXPIRED (or not valid yet),
// CERTIFICATE_FOREIGN, or empty where it looks good.
std::string CertificateProblem(const std::string& certificate, const std::string& ca,
                               absl::Time now);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_CERTIFICATE_H_
