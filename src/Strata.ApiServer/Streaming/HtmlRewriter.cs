using System.Collections.Frozen;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Strata.ApiServer.Streaming;

/// <summary>Rewrites the links in a page of HTML. Everything else, and HTML that is not well formed, passes as it is.</summary>
internal static class HtmlRewriter
{
    // A page that is larger is a download; nobody clicks on links in it.
    private const int LongestPage = 16 << 20;

    // Which attributes of which elements are links: apimachinery util/proxy/transport.go.
    private static readonly FrozenSet<string> Links = ((string[])
    [
        "a href", "applet codebase", "area href", "audio src", "base href", "blockquote cite", "body background", "button formaction", "command icon", "del cite", "embed src",
        "form action", "frame longdesc", "frame src", "head profile", "html manifest", "iframe longdesc", "iframe src", "img longdesc", "img src", "img usemap", "input formaction",
        "input src", "input usemap", "ins cite", "link href", "object classid", "object codebase", "object data", "object usemap", "q cite", "script src", "source src", "track src",
        "video poster", "video src",
    ]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the answer is a page whose links are to be rewritten, in an encoding that is known here.</summary>
    public static bool CanRewrite(HttpContentHeaders headers) =>
        string.Equals(headers.ContentType?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase)
        && headers.ContentEncoding is { Count: 0 } or { Count: 1 } && headers.ContentEncoding.FirstOrDefault() is null or "gzip" or "deflate" or "identity"
        && headers.ContentLength is null or <= LongestPage;

    /// <summary>Reads the page, decoded, and writes it with its links rewritten.</summary>
    public static async Task CopyAsync(Stream source, HttpContentHeaders headers, Stream target, ProxyLinks links, CancellationToken cancellationToken)
    {
        await using var plain = headers.ContentEncoding.FirstOrDefault() switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            _ => source,
        };
        using var page = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await plain.ReadAsync(buffer, cancellationToken)) > 0)
        {
            page.Write(buffer.AsSpan(0, count));
            if (page.Length > LongestPage)
            {
                await target.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), cancellationToken);
                await ByteTunnel.CopyAsync(plain, target, cancellationToken);
                return;
            }
        }

        // Latin-1 keeps every byte as it is, whatever the page's encoding: links and markup are ASCII in all of those that browsers take.
        var text = Encoding.Latin1.GetString(page.GetBuffer(), 0, (int)page.Length);
        await target.WriteAsync(Encoding.Latin1.GetBytes(Rewrite(text, links)), cancellationToken);
    }

    internal static string Rewrite(string html, ProxyLinks links)
    {
        var output = new StringBuilder(html.Length + 256);
        var copied = 0;
        for (var at = html.IndexOf('<'); at >= 0; at = html.IndexOf('<', at))
        {
            if (html.AsSpan(at).StartsWith("<!--", StringComparison.Ordinal))
            {
                at = html.IndexOf("-->", at + 4, StringComparison.Ordinal) is >= 0 and var end ? end : html.Length;
                continue;
            }

            var tag = ReadName(html, at + 1);
            at += 1 + tag.Length;
            if (tag.Length == 0)
            {
                continue;
            }

            foreach (var (name, start, length) in Attributes(html, at))
            {
                if (Links.Contains($"{tag} {name}"))
                {
                    var link = WebUtility.HtmlDecode(html.Substring(start, length));
                    var rewritten = links.Rewrite(link);
                    if (rewritten != link)
                    {
                        output.Append(html, copied, start - copied).Append(rewritten.Replace("&", "&amp;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal));
                        copied = start + length;
                    }
                }

                at = start + length;
            }

            at = IsRaw(tag) ? EndOf(html, tag, at) : at;
        }

        return output.Append(html, copied, html.Length - copied).ToString();
    }

    // What looks like tags inside of these is none.
    private static bool IsRaw(string tag) => tag.Equals("script", StringComparison.OrdinalIgnoreCase) || tag.Equals("style", StringComparison.OrdinalIgnoreCase);

    private static int EndOf(string html, string tag, int from) => html.IndexOf($"</{tag}", from, StringComparison.OrdinalIgnoreCase) is >= 0 and var end ? end : html.Length;

    private static string ReadName(string html, int from)
    {
        var end = from;
        while (end < html.Length && (char.IsAsciiLetterOrDigit(html[end]) || html[end] is '-' or '_' or ':'))
        {
            end++;
        }

        return html[from..end];
    }

    /// <summary>Name and place of the value of each attribute up to the end of the tag.</summary>
    private static IEnumerable<(string Name, int Start, int Length)> Attributes(string html, int at)
    {
        while (true)
        {
            while (at < html.Length && (char.IsWhiteSpace(html[at]) || html[at] == '/'))
            {
                at++;
            }

            var name = ReadName(html, at);
            if (name.Length == 0)
            {
                yield break; // The end of the tag, or nothing that is known here.
            }

            at = SkipBlanks(html, at + name.Length);
            if (at >= html.Length || html[at] != '=')
            {
                continue;
            }

            at = SkipBlanks(html, at + 1);
            if (at >= html.Length)
            {
                yield break;
            }

            var quote = html[at] is '"' or '\'' ? html[at] : '\0';
            var start = quote == '\0' ? at : at + 1;
            var end = quote == '\0' ? html.AsSpan(start).IndexOfAny(" \t\r\n>") : html.AsSpan(start).IndexOf(quote);
            if (end < 0)
            {
                yield break;
            }

            yield return (name, start, end);
            at = start + end + (quote == '\0' ? 0 : 1);
        }
    }

    private static int SkipBlanks(string html, int at)
    {
        while (at < html.Length && char.IsWhiteSpace(html[at]))
        {
            at++;
        }

        return at;
    }
}
