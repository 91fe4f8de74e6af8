// Journal entries as people read them.
#ifndef COMITY_CLIENT_OUTPUT_ENTRY_LINE_H_
#define COMITY_CLIENT_OUTPUT_ENTRY_LINE_H_

#include <memory>
#include <string>

#include "comity/journal/v1/journal.pb.h"

namespace comity::client {

// What the entry says beside its type, e.g. `signed 1,054.00 USD` or `lead-quality: qualified`;
// where the record `before` it is known (else null), also what it changed: `owner: ana → ben`.
std::string EntryDetail(const journal::v1::Entry& entry,
                        const google::protobuf::Message* before = nullptr);
// The subject's record after the entry; null where the entry does not say it.
std::unique_ptr<google::protobuf::Message> RecordAfter(const journal::v1::Entry& entry);
// One line: position, time, who, what, subject, detail.
std::string EntryLine(const journal::v1::PositionedEntry& positioned);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_ENTRY_LINE_H_
