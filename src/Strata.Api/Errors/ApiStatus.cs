using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;

namespace Strata.Api.Errors;

/// <summary>A failed request as the Kubernetes API reports it: <c>kind: Status</c>. Clients branch on <see cref="Reason"/>, people read <see cref="Message"/>.</summary>
public sealed record ApiStatus
{
    /// <summary>HTTP status code.</summary>
    public required int Code { get; init; }

    /// <summary>Machine-readable reason, one of <see cref="StatusReason"/>.</summary>
    public required string Reason { get; init; }

    public required string Message { get; init; }

    /// <summary>Name of the object; empty when there is none.</summary>
    public string Name { get; init; } = "";

    public string Group { get; init; } = "";

    /// <summary>The resource (plural), except for Invalid, where it is the Kind.</summary>
    public string Kind { get; init; } = "";

    public string Uid { get; init; } = "";

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>Seconds to wait before trying again; also sent as the header Retry-After. 0 means not given.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>Continue token of an expired list (metadata.continue), which resumes at the latest version; null otherwise.</summary>
    public string? Continue { get; init; }

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            Write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Status");
        writer.WriteString("apiVersion"u8, "v1");
        writer.WriteStartObject("metadata"u8);
        if (Continue is not null)
        {
            writer.WriteString("continue"u8, Continue);
        }

        writer.WriteEndObject();
        writer.WriteString("status"u8, "Failure");
        writer.WriteString("message"u8, Message);
        writer.WriteString("reason"u8, Reason);
        WriteDetails(writer);
        writer.WriteNumber("code"u8, Code);
        writer.WriteEndObject();
    }

    /// <summary>Reads a Status; null when the bytes are something else (a proxy's error page, say).</summary>
    public static ApiStatus? TryParse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.ValueKind == JsonValueKind.Object ? FromJson(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null; // Not JSON: the caller reports the raw answer instead.
        }
    }

    private static ApiStatus? FromJson(JsonElement root)
    {
        if (Text(root, "kind") != "Status")
        {
            return null;
        }

        var details = Member(root, "details");
        var next = Text(Member(root, "metadata"), "continue");
        return new ApiStatus
        {
            Code = Number(root, "code"),
            Reason = Text(root, "reason"),
            Message = Text(root, "message"),
            Name = Text(details, "name"),
            Group = Text(details, "group"),
            Kind = Text(details, "kind"),
            Uid = Text(details, "uid"),
            RetryAfterSeconds = Number(details, "retryAfterSeconds"),
            Continue = next.Length == 0 ? null : next,
            Causes = Member(details, "causes") is { ValueKind: JsonValueKind.Array } causes
                ? [.. causes.EnumerateArray().Select(cause => new StatusCause(Text(cause, "reason"), Text(cause, "message"), Text(cause, "field")))]
                : [],
        };
    }

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    private static int Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : 0;

    private static string Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private void WriteDetails(Utf8JsonWriter writer)
    {
        if (Name.Length + Group.Length + Kind.Length + Uid.Length + Causes.Count + RetryAfterSeconds == 0)
        {
            return;
        }

        writer.WriteStartObject("details"u8);
        WriteText(writer, "name"u8, Name);
        WriteText(writer, "group"u8, Group);
        WriteText(writer, "kind"u8, Kind);
        WriteText(writer, "uid"u8, Uid);
        if (Causes.Count > 0)
        {
            writer.WriteStartArray("causes"u8);
            foreach (var cause in Causes)
            {
                writer.WriteStartObject();
                WriteText(writer, "reason"u8, cause.Reason);
                WriteText(writer, "message"u8, cause.Message);
                WriteText(writer, "field"u8, cause.Field);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (RetryAfterSeconds > 0)
        {
            writer.WriteNumber("retryAfterSeconds"u8, RetryAfterSeconds);
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }
}
