// The two macros that carry a Status or StatusOr outwards.
#ifndef COMITY_RUNTIME_STATUS_MACROS_H_
#define COMITY_RUNTIME_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define COMITY_STATUS_CONCAT_INNER_(a, b) a##b
#define COMITY_STATUS_CONCAT_(a, b) COMITY_STATUS_CONCAT_INNER_(a, b)

// Returns the status of `expr` if it is not OK.
#define COMITY_RETURN_IF_ERROR(expr)                                  \
  do {                                                                \
    if (absl::Status comity_status_ = (expr); !comity_status_.ok()) { \
      return comity_status_;                                          \
    }                                                                 \
  } while (false)

// Declares or assigns `lhs` from a StatusOr, or returns its status.
#define COMITY_ASSIGN_OR_RETURN(lhs, expr) \
  COMITY_ASSIGN_OR_RETURN_IMPL_(COMITY_STATUS_CONCAT_(comity_statusor_, __LINE__), lhs, expr)
#define COMITY_ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) return statusor.status();            \
  lhs = std::move(statusor).value()

#endif  // COMITY_RUNTIME_STATUS_MACROS_H_
