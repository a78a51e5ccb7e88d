using System.Runtime.InteropServices;
using System.Text.Json;

namespace Strata.Cri.Images;

/// <summary>Writes the documents of the OCI image specification 1.0: configuration, manifest, index.</summary>
internal static class OciImageJson
{
    private const string Epoch = "1970-01-01T00:00:00Z";

    public static byte[] Config(OciImageSettings settings, Architecture architecture, IReadOnlyList<string> diffIds) => Write(json =>
    {
        json.WriteString("architecture", GoArchitecture(architecture));
        json.WriteString("os", "linux");
        json.WriteString("created", Epoch);
        json.WriteStartObject("config");
        WriteSettings(json, settings);
        json.WriteEndObject();
        json.WriteStartObject("rootfs");
        json.WriteString("type", "layers");
        WriteArray(json, "diff_ids", diffIds);
        json.WriteEndObject();
    });

    public static byte[] Manifest(OciBlob config, IReadOnlyList<OciBlob> layers) => Write(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", OciMediaTypes.Manifest);
        json.WritePropertyName("config");
        WriteDescriptor(json, config, null);
        json.WriteStartArray("layers");
        foreach (var layer in layers)
        {
            WriteDescriptor(json, layer, null);
        }
        json.WriteEndArray();
    });

    /// <summary>The index of an image layout; the annotations are how containerd and docker find the names again.</summary>
    public static byte[] Index(OciImage image) => Write(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", OciMediaTypes.Index);
        json.WriteStartArray("manifests");
        WriteDescriptor(json, image.Manifest, image.Reference);
        json.WriteEndArray();
    });

    /// <summary>What <c>docker save</c> writes beside the layout.</summary>
    public static byte[] DockerManifest(OciImage image)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("Config", OciArchive.PathOf(image.Config.Digest));
            WriteArray(json, "RepoTags", [image.Reference]);
            WriteArray(json, "Layers", [.. image.Layers.Select(layer => OciArchive.PathOf(layer.Digest))]);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        return buffer.ToArray();
    }

    public static string GoArchitecture(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        Architecture.X86 => "386",
        Architecture.RiscV64 => "riscv64",
        _ => architecture.ToString().ToLowerInvariant(),
    };

    private static void WriteSettings(Utf8JsonWriter json, OciImageSettings settings)
    {
        WriteIfAny(json, "User", settings.User);
        WriteKeys(json, "ExposedPorts", settings.ExposedPorts);
        WriteArray(json, "Env", [.. settings.Environment.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}")]);
        WriteArray(json, "Entrypoint", settings.Entrypoint);
        WriteArray(json, "Cmd", settings.Command);
        WriteIfAny(json, "WorkingDir", settings.WorkingDirectory);
        if (settings.Labels.Count > 0)
        {
            json.WriteStartObject("Labels");
            foreach (var (name, value) in settings.Labels.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }
            json.WriteEndObject();
        }
        WriteIfAny(json, "StopSignal", settings.StopSignal);
    }

    private static void WriteDescriptor(Utf8JsonWriter json, OciBlob blob, string? reference)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", blob.MediaType);
        json.WriteString("digest", blob.Digest);
        json.WriteNumber("size", blob.Size);
        if (reference is not null)
        {
            json.WriteStartObject("annotations");
            json.WriteString("io.containerd.image.name", reference);
            json.WriteString("org.opencontainers.image.ref.name", reference[(reference.LastIndexOf(':') + 1)..]);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
        json.WriteEndArray();
    }

    private static void WriteKeys(Utf8JsonWriter json, string name, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }
        json.WriteStartObject(name);
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            json.WriteStartObject(key);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> body)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
