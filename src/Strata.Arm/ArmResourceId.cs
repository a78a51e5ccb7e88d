using System.Diagnostics.CodeAnalysis;

namespace Strata.Arm;

/// <summary>The id of an ARM resource group (<c>/subscriptions/s/resourceGroups/g</c>) or of a resource below one
/// (<c>…/providers/Namespace/type/name</c>). Case is kept and never significant: ids that differ only in case are equal.</summary>
public sealed class ArmResourceId : IEquatable<ArmResourceId>
{
    private ArmResourceId(string subscriptionId, string resourceGroup, string? resourceType, string? name)
    {
        SubscriptionId = subscriptionId;
        ResourceGroup = resourceGroup;
        ResourceType = resourceType;
        Name = name;
        Text = name is null
            ? $"/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
            : $"/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/{resourceType}/{name}";
        Key = Text.ToLowerInvariant();
    }

    public string SubscriptionId { get; }

    public string ResourceGroup { get; }

    /// <summary>For example <c>Microsoft.ContainerInstance/containerGroups</c>; null for a resource group.</summary>
    public string? ResourceType { get; }

    public string? Name { get; }

    /// <summary>The id as text, with the case it was written in.</summary>
    public string Text { get; }

    /// <summary>The id in lower case: the form to index and compare by.</summary>
    public string Key { get; }

    public static ArmResourceId ForContainerGroup(string subscriptionId, string resourceGroup, string name) =>
        new(subscriptionId, resourceGroup, ArmProvider.ContainerGroups, name);

    public static ArmResourceId ForResourceGroup(string subscriptionId, string resourceGroup) =>
        new(subscriptionId, resourceGroup, null, null);

    public static bool TryParse(string? text, [NotNullWhen(true)] out ArmResourceId? id)
    {
        id = null;
        var parts = (text ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (4 or 8) || !Is(parts[0], "subscriptions") || !Is(parts[2], "resourceGroups"))
        {
            return false;
        }

        if (parts.Length == 8 && !Is(parts[4], "providers"))
        {
            return false;
        }

        id = parts.Length == 4
            ? ForResourceGroup(parts[1], parts[3])
            : new ArmResourceId(parts[1], parts[3], $"{parts[5]}/{parts[6]}", parts[7]);
        return true;
    }

    public bool Equals(ArmResourceId? other) => other is not null && other.Key == Key;

    public override bool Equals(object? obj) => Equals(obj as ArmResourceId);

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
