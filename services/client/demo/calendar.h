// The working days of the demonstration company: its people call, judge and sign from Monday to
// Friday, in office hours (UTC).
#ifndef COMITY_CLIENT_DEMO_CALENDAR_H_
#define COMITY_CLIENT_DEMO_CALENDAR_H_

#include "absl/time/time.h"
#include "google/type/date.pb.h"
#include "services/client/demo/random.h"

namespace comity::client {

// When something began in the year before `now` (a day's start): more of late than a year ago, less
// in August and over the turn of the year.
absl::Time BeginTime(Random& random, absl::Time now);
// Some hour of the working day that lies `days` before `time`, or of the last one before that.
absl::Time DaysBefore(Random& random, absl::Time time, int days);
// Later than `from` by some days, or by some minutes where that is none.
absl::Time Later(Random& random, absl::Time from, int least_days, int most_days);
// The working day on which `time` lies, or the next one.
google::type::Date WorkingDate(absl::Time time);

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_CALENDAR_H_
