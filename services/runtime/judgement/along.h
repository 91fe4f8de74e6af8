// Facts and judgements that come along with the record they are about: fields `facts` and
// `judgements` of its Create and Update requests. All of it is recorded, or nothing.
#ifndef COMITY_RUNTIME_JUDGEMENT_ALONG_H_
#define COMITY_RUNTIME_JUDGEMENT_ALONG_H_

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::judgement {

// The fact by which a record of the kind begins.
using Beginning = fact::v1::Fact (*)(const google::protobuf::Message& record);

// For resource::Create: records the beginning, if there is one, and what the request brings along.
// Errors are those of RecordFact and Judge, marked with their item, e.g. `facts[1]`.
resource::AfterInsert RecordAlong(Call& call, const fact::SubjectFacts& kind,
                                  Beginning beginning = nullptr);
// For resource::Update: the same on a record that stands.
resource::AfterUpdate RecordAlongUpdate(Call& call, const fact::SubjectFacts& kind);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_ALONG_H_
