using System.Security.Cryptography;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary>A document that does not change while the server runs, with its ETag.</summary>
internal sealed class CachedDocument
{
    private readonly DocumentResult _full;
    private readonly DocumentResult _notModified;
    private readonly string _tag;

    public CachedDocument(string contentType, byte[] content)
    {
        _tag = $"\"{Convert.ToHexString(SHA256.HashData(content))}\"";
        KeyValuePair<string, string>[] headers = [new("ETag", _tag), new("Vary", "Accept"), new("Cache-Control", "public")];
        _full = new DocumentResult(200, contentType, content) { Headers = headers };
        _notModified = new DocumentResult(304, contentType, default) { Headers = headers };
    }

    public DocumentResult Answer(ApiCall call) => call.IfNoneMatch.Contains(_tag, StringComparison.Ordinal) ? _notModified : _full;
}
