namespace Strata.Pods.Images;

/// <summary>When an image is pulled.</summary>
public static class PullPolicy
{
    public const string Always = "Always";
    public const string IfNotPresent = "IfNotPresent";
    public const string Never = "Never";

    /// <summary>The policy given, or the API's default: Always for the tag <c>latest</c>, else IfNotPresent.</summary>
    public static string Effective(string policy, ImageReference? image) =>
        policy.Length > 0 ? policy : image is { Tag: "latest", Digest: "" } ? Always : IfNotPresent;
}
