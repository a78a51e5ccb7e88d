using System.Text.Json.Serialization;
using Strata.Arm;

namespace Strata.ContainerInstances.Records;

/// <summary>Form of the documents in the database.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GroupRecord))]
[JsonSerializable(typeof(OperationRecord))]
[JsonSerializable(typeof(ResourceGroup))]
internal sealed partial class RecordJson : JsonSerializerContext;
