// Weights of the touches of one opportunity under the models of credit. Pure: no I/O, no clock.
// Source: methods.md section 1.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_MODELS_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_MODELS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::gateway::credit {

// What the models know of a touch.
struct Touch {
  std::string id;  // stable: settles the order of what is otherwise equal
  absl::Time time;
  int64_t position = 0;  // in the journal: of what happened at the same time, the later is later
  bool is_direct = false;
  bool is_lead_creation = false;
  bool is_opportunity_creation = false;
};

// The half-life where a rule names none.
inline constexpr absl::Duration kHalfLife = absl::Hours(7 * 24);

// The models by which touches have weights, in the order of the enum; all but BY_ROLE, whose shares
// follow from no touch.
absl::Span<const type::v1::CreditModel> ModelsOfTouches();

// Whether `a` comes before `b` in a path: by time, position, id.
bool ComesBefore(const Touch& a, const Touch& b);

// The weight of each touch, in the order of `touches`, which may be any: each 0 to 1, together 1
// but for rounding of doubles.
// * LAST_NON_DIRECT: where all are direct, the last one. The credit has nowhere else to go, and a
//   won opportunity without any would leave the report.
// * POSITION_U: of one touch all, of two a half each.
// * POSITION_W: a touch that is several milestones gets the parts of all of them, for none of them
//   is missing. Several touches that are one milestone (two source leads) share its part. Parts
//   that nobody takes (a missing milestone, no touch beside the milestones) are left out, and the
//   others scaled to 1.
// * TIME_DECAY: 2^(-(age / half_life)), scaled to 1; so it does not matter from when ages count.
// Errors: FAILED_PRECONDITION reason NO_TOUCHES; INVALID_ARGUMENT reasons CREDIT_MODEL_INVALID
// (none of ModelsOfTouches) and HALF_LIFE_INVALID (not above 0 and finite).
absl::StatusOr<std::vector<double>> WeightsOf(type::v1::CreditModel model,
                                              absl::Span<const Touch> touches,
                                              absl::Duration half_life = kHalfLife);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_MODELS_H_
