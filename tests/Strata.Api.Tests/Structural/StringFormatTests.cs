using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Structural;

namespace Strata.Api.Tests.Structural;

public sealed class StringFormatTests
{
    [Theory]
    [InlineData("date", "2026-02-28", "2026-02-30")]
    [InlineData("date-time", "2026-02-28T10:00:00Z", "2026-02-28 10:00")]
    [InlineData("date-time", "2026-02-28T10:00:00.123+01:00", "2026-13-28T10:00:00Z")]
    [InlineData("duration", "1h30m", "soon")]
    [InlineData("uuid", "123e4567-e89b-12d3-a456-426614174000", "123")]
    [InlineData("uuid4", "123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000")]
    [InlineData("ipv4", "1.2.3.4", "1.2.3")]
    [InlineData("ipv6", "::1", "1.2.3.4")]
    [InlineData("cidr", "10.0.0.0/8", "10.0.0.0/33")]
    [InlineData("mac", "01:23:45:67:89:ab", "01:23")]
    [InlineData("hostname", "a.example.com", "a b")]
    [InlineData("email", "a@example.com", "a")]
    [InlineData("uri", "https://example.com/x", "not a uri")]
    [InlineData("byte", "YWJj", "a")]
    [InlineData("isbn10", "0-306-40615-2", "0-306-40615-3")]
    [InlineData("isbn13", "978-0-306-40615-7", "978-0-306-40615-8")]
    [InlineData("creditcard", "4111 1111 1111 1111", "4111 1111 1111 1112")]
    [InlineData("ssn", "111-11-1111", "1")]
    [InlineData("hexcolor", "#a0B", "#a0")]
    [InlineData("rgbcolor", "rgb(1, 2, 255)", "rgb(1, 2, 256)")]
    [InlineData("bsonobjectid", "507f1f77bcf86cd799439011", "507f")]
    [InlineData("k8s-short-name", "a-b", "a.b")]
    [InlineData("k8s-long-name", "a.b", "A")]
    public void A_format_tells_good_from_bad(string format, string good, string bad)
    {
        Assert.False(IsRefused(format, good), good);
        Assert.True(IsRefused(format, bad), bad);
    }

    private static bool IsRefused(string format, string text)
    {
        var errors = new FieldErrors();
        var schema = StructuralReader.Read(new JsonObject { ["properties"] = new JsonObject { ["v"] = new JsonObject { ["type"] = "string", ["format"] = format } } });
        StructuralValidator.Validate(new JsonObject { ["v"] = text }, null, schema, errors);
        return errors.Any;
    }
}
