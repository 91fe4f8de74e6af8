// Journal entries as people read them.
#ifndef COMITY_CLIENT_OUTPUT_ENTRY_LINE_H_
#define COMITY_CLIENT_OUTPUT_ENTRY_LINE_H_

#include <string>

#include "comity/journal/v1/journal.pb.h"

namespace comity::client {

// What the entry says beside its type, e.g. `signed 1,054.00 USD` or `lead-quality: qualified`.
std::string EntryDetail(const journal::v1::Entry& entry);
// One line: position, time, who, what, subject, detail.
std::string EntryLine(const journal::v1::PositionedEntry& positioned);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_ENTRY_LINE_H_
