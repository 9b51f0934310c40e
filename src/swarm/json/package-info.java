/// JSON values, their text, and the one codec between records and JSON.
///
/// `Json` is a value as RFC 8259 has it, `JsonReader` and `JsonWriter` turn text into it and back.
/// `RecordCodec` derives the JSON of a record from the record's own components, so that a model
/// type is written down once: the same declaration makes the answer of the API, the bytes in the
/// log and the message on the wire. No type of the model is known here.
///
/// The command line uses `Json` alone and pays at start-up for every class it loads. That path
/// therefore does without lambdas, streams, patterns in switches and anything else that is linked
/// by a bootstrap method at run time.
package swarm.json;
