using System.Globalization;
using Strata.Api.Errors;

namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>A level as of a Kubernetes version.</summary>
/// <param name="Minor">The x of v1.x; <see cref="Latest"/> for the latest.</param>
internal readonly record struct SecurityPolicy(SecurityLevel Level, int Minor)
{
    public const int Latest = int.MaxValue;

    private const string Prefix = "pod-security.kubernetes.io/";

    public static readonly SecurityPolicy None = new(SecurityLevel.Privileged, Latest);

    /// <summary>Whether any label is about security. Asked for every new pod.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (label, _) in labels)
        {
            if (label.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the labels of a namespace say for a mode (enforce, audit or warn). Labels that say nonsense count as restricted where that refuses, and as nothing where it only
    /// tells (pod-security-admission: api/helpers.go PolicyToEvaluate).</summary>
    /// <param name="errors">Takes what is wrong with the labels; null to ignore it.</param>
    public static SecurityPolicy Of(IReadOnlyDictionary<string, string> labels, string mode, FieldErrors? errors = null)
    {
        var level = SecurityLevel.Privileged;
        if (labels.TryGetValue(Prefix + mode, out var levelText) && !TryParseLevel(levelText, out level))
        {
            errors?.Invalid($"metadata.labels[{Prefix}{mode}]", levelText, "must be one of privileged, baseline, restricted");
            level = mode == "enforce" ? SecurityLevel.Restricted : SecurityLevel.Privileged;
        }

        var minor = Latest;
        if (labels.TryGetValue($"{Prefix}{mode}-version", out var versionText) && !TryParseVersion(versionText, out minor))
        {
            errors?.Invalid($"metadata.labels[{Prefix}{mode}-version]", versionText, "must be \"latest\" or \"v1.x\"");
            minor = Latest;
        }

        return new SecurityPolicy(level, minor);
    }

    public override string ToString()
    {
        var level = Level switch
        {
            SecurityLevel.Restricted => "restricted",
            SecurityLevel.Baseline => "baseline",
            _ => "privileged",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{level}:{(Minor == Latest ? "latest" : $"v1.{Minor}")}");
    }

    private static bool TryParseLevel(string text, out SecurityLevel level)
    {
        level = text switch
        {
            "baseline" => SecurityLevel.Baseline,
            "restricted" => SecurityLevel.Restricted,
            _ => SecurityLevel.Privileged,
        };
        return text is "privileged" or "baseline" or "restricted";
    }

    private static bool TryParseVersion(string text, out int minor)
    {
        minor = Latest;
        return text == "latest"
            || (text.StartsWith("v1.", StringComparison.Ordinal) && !(text.Length > 4 && text[3] == '0')
                && int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out minor));
    }
}
