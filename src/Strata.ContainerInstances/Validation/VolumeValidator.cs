using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

internal static partial class VolumeValidator
{
    public static void Check(ContainerGroupProperties properties, int maxVolumes, Problems problems)
    {
        var volumes = properties.Volumes!;
        problems.Require(volumes.Count <= maxVolumes, "properties.volumes", $"The group has {volumes.Count} volumes; at most {maxVolumes} are allowed.");
        foreach (var duplicate in volumes.GroupBy(v => v.Name).Where(g => g.Count() > 1))
        {
            problems.Invalid("properties.volumes", $"The volume name '{duplicate.Key}' is used more than once.");
        }

        foreach (var volume in volumes)
        {
            CheckVolume(volume, problems);
        }
    }

    public static void CheckMounts(ContainerProperties container, ContainerGroupProperties group, string target, Problems problems)
    {
        foreach (var mount in container.VolumeMounts!)
        {
            var mountTarget = $"{target}.volumeMounts['{mount.Name}']";
            problems.Require(group.Volumes!.Any(v => v.Name == mount.Name), mountTarget, $"The volume '{mount.Name}' is mounted but not declared in 'properties.volumes'.");
            var isPath = mount.MountPath is { } path && path.StartsWith('/') && !path.Contains(':', StringComparison.Ordinal)
                && !path.Split('/').Contains("..");
            problems.Require(isPath, mountTarget, $"The mount path '{mount.MountPath}' must be absolute, without ':' and '..'.");
        }

        foreach (var duplicate in container.VolumeMounts.GroupBy(m => m.MountPath).Where(g => g.Count() > 1))
        {
            problems.Invalid($"{target}.volumeMounts", $"Two volumes are mounted at '{duplicate.Key}'.");
        }
    }

    private static void CheckVolume(Volume volume, Problems problems)
    {
        var target = $"properties.volumes['{volume.Name}']";
        problems.Require(
            NameRule().IsMatch(volume.Name ?? "") && !volume.Name!.Contains("--", StringComparison.Ordinal), target,
            $"'{volume.Name}' is not a valid volume name: 1 to 63 lower-case letters, digits and single hyphens, no hyphen first or last.");
        UnsupportedFeatures.Refuse(problems, volume.AzureFile is not null, $"{target}.azureFile", "Azure Files volumes are");
        UnsupportedFeatures.Refuse(problems, volume.GitRepo is not null, $"{target}.gitRepo", "Git repository volumes are");
        UnsupportedFeatures.Refuse(problems, volume.SecretReference is not null, $"{target}.secretReference", "Key Vault references are");
        var sources = new object?[] { volume.EmptyDir, volume.Secret, volume.AzureFile, volume.GitRepo, volume.SecretReference }.Count(s => s is not null);
        problems.Require(sources == 1, target, $"The volume '{volume.Name}' must have exactly one source, it has {sources}.");
        foreach (var (file, content) in volume.Secret ?? new Dictionary<string, string>())
        {
            problems.Require(FileRule().IsMatch(file) && file is not ("." or ".."), target, $"'{file}' is not a valid file name for a secret volume.");
            problems.Require(Base64.IsValid(Encoding.UTF8.GetBytes(content)), target, $"The content of '{file}' is not base64.");
        }
    }

    // Azure's documentation says at least 5 characters, its own examples and command line use shorter names as well.
    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex NameRule();

    [GeneratedRegex("^[-._a-zA-Z0-9]{1,253}$")]
    private static partial Regex FileRule();
}
