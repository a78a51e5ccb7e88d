using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Strata.Arm.ContainerGroups;

namespace Strata.Arm;

/// <summary>Source-generated JSON for every type of this project: no reflection, camel case, absent instead of null, names read
/// without case and numbers also from strings (the Azure CLI's <c>--file</c> sends both forms).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerGroup))]
[JsonSerializable(typeof(ArmList<ContainerGroup>))]
[JsonSerializable(typeof(ArmErrorResponse))]
[JsonSerializable(typeof(OperationStatus))]
[JsonSerializable(typeof(ResourceGroup))]
[JsonSerializable(typeof(ArmList<ResourceGroup>))]
[JsonSerializable(typeof(ContainerLogs))]
[JsonSerializable(typeof(ContainerExecRequest))]
[JsonSerializable(typeof(ContainerAttachRequest))]
[JsonSerializable(typeof(ContainerExecResponse))]
[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(ArmList<QuotaUsage>))]
[JsonSerializable(typeof(TagsPatch))]
[JsonSerializable(typeof(JsonObject))]
public sealed partial class ArmJson : JsonSerializerContext
{
    public static byte[] ToBytes(ContainerGroup group) => JsonSerializer.SerializeToUtf8Bytes(group, Default.ContainerGroup);

    /// <exception cref="JsonException">The text is not JSON or a member has the wrong type.</exception>
    public static ContainerGroup ParseContainerGroup(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, Default.ContainerGroup) ?? throw new JsonException("The body is null.");
}
